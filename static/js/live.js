/* Puts a transcript's segments on the page while they are made. The browser reconnects by itself and says the last
   event it saw; what comes twice is known by its id. */

const status = document.getElementById("status");
const connection = document.getElementById("connection");
const segments = document.getElementById("segments");
const title = document.title;

const source = new EventSource(`${status.dataset.events}?since=${status.dataset.revision}`);

source.addEventListener("segments", (event) => {
  const template = document.createElement("template");
  template.innerHTML = event.data;
  for (const segment of template.content.querySelectorAll("li")) {
    place(segment);
  }
});

source.addEventListener("status", (event) => show(event.data));

source.addEventListener("end", (event) => {
  source.close();
  if (event.data) {
    show(event.data);
    document.title = title;
  } else {
    window.location.reload();
  }
});

source.addEventListener("open", () => {
  connection.textContent = "";
});

source.addEventListener("error", () => {
  connection.textContent = status.dataset.lost;
});

function place(segment) {
  if (document.getElementById(segment.id)) {
    return;
  }
  const start = Number(segment.dataset.start);
  let before = segments.lastElementChild;
  while (before && Number(before.dataset.start) > start) {
    before = before.previousElementSibling;
  }
  segments.insertBefore(segment, before ? before.nextElementSibling : segments.firstElementChild);
}

function show(html) {
  const open = status.querySelector("details[open]");
  if (open && open.contains(document.activeElement)) {
    return; // somebody is about to press a button in there
  }
  status.innerHTML = html;
  const percent = status.querySelector(".percent");
  document.title = percent ? `${percent.textContent.trim()} ${title}` : title;
}
