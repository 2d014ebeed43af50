/* Sends dropped or chosen files one by one, each with its progress and its answer. Without it, the form posts them all. */

const form = document.getElementById("upload");
const picker = document.getElementById("files");
const drop = form.querySelector(".drop");
const list = document.getElementById("uploads");
const PARALLEL = 2;

const waiting = [];
let running = 0;
let opened = [];

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(picker.files);
});

drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});

function take(files) {
  for (const file of files) {
    const row = addRow(file.name);
    const refusal = refuse(file);
    if (refusal) {
      finish(row, refusal, true);
    } else {
      note(row, form.dataset.waiting);
      waiting.push({ file, row });
    }
  }
  picker.value = "";
  next();
}

function refuse(file) {
  if (file.size === 0) {
    return form.dataset.emptyFile;
  }
  return file.size > Number(form.dataset.maxBytes) ? form.dataset.tooLarge : "";
}

function next() {
  while (running < PARALLEL && waiting.length) {
    running += 1;
    send(waiting.shift());
  }
  if (!running && opened.length) {
    // One recording: read it at once. Several: they stand in the list below.
    if (opened.length === 1 && !list.querySelector(".refused")) {
      window.location.assign(opened[0]);
    }
    opened = [];
  }
}

function send({ file, row }) {
  const body = new FormData(form); // the token and what is chosen
  body.delete("files");
  body.append("files", file); // last, behind what it is to be done with
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-Single-File", "1"); // it may be refused before it has arrived
  request.responseType = "json";
  note(row, form.dataset.uploading);
  request.upload.addEventListener("progress", (event) => {
    row.progress.max = event.total;
    row.progress.value = event.loaded;
    if (event.loaded === event.total) {
      note(row, form.dataset.checking);
    }
  });
  request.addEventListener("loadend", () => {
    running -= 1;
    answer(row, request);
    next();
  });
  request.send(body);
}

function answer(row, request) {
  const response = request.response;
  const unanswered = request.status === 403 ? form.dataset.stalePage : form.dataset.brokenUpload;
  const refused = response ? response.refused[0] : { sentence: unanswered };
  if (refused) {
    finish(row, refused.sentence, true);
    return;
  }
  opened.push(response.accepted[0].url);
  finish(row, form.dataset.accepted, false);
  document.body.dispatchEvent(new CustomEvent("uploaded"));
}

function addRow(name) {
  const item = document.createElement("li");
  const title = document.createElement("span");
  title.className = "name";
  title.textContent = name;
  const said = document.createElement("span");
  said.className = "note";
  const progress = document.createElement("progress");
  progress.value = 0;
  progress.max = 1;
  progress.setAttribute("aria-label", name);
  item.append(title, progress, said);
  list.append(item);
  return { item, said, progress };
}

function note(row, text) {
  row.said.textContent = text;
}

function finish(row, text, isRefused) {
  row.progress.remove();
  row.said.classList.toggle("refused", isRefused);
  note(row, text);
}
