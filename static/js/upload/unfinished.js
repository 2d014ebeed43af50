/* Uploads that have not arrived whole, from the server: to be continued with the same file, or discarded. */

import { announce } from "./announce.js";
import { date, fill, size } from "./words.js";

const section = document.getElementById("unfinished");
const list = section.querySelector("ul");
const template = document.getElementById("unfinished-row");

/** Those uploads of `uploads` that no line of the page is about. `goOn` gets the file and the upload's address. */
export function showUnfinished({ uploads, site, goOn }) {
  const shown = new Map([...list.children].map((item) => [item.dataset.url, item]));
  for (const upload of uploads) {
    const item = shown.get(upload.url) ?? line(upload, { site, goOn });
    shown.delete(upload.url);
    item.querySelector("[data-part=figures]").textContent = upload.is_refused ? "" : figures(upload, site);
    readable(item, upload.entry_url);
  }
  for (const gone of shown.values()) {
    gone.remove();
  }
  section.hidden = !list.children.length;
}

function figures({ received_bytes: received, size_bytes: total, expires_at: until, is_fetched: isFetched }, site) {
  const values = { sent: size(received), size: total === null ? "?" : size(total), until: date(until) };
  return fill(isFetched ? site.fetched : site.keptUntil, values);
}

function readable(item, address) {
  const link = item.querySelector("[data-part=link]");
  link.hidden = !address;
  link.href = address;
}

function line(upload, { site, goOn }) {
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.url = upload.url;
  part("name").textContent = upload.file_name;
  part("sentence").textContent = upload.sentence;
  part("again").setAttribute("aria-label", `${part("again").textContent.trim()}: ${upload.file_name}`);
  part("discard").setAttribute("aria-label", `${part("discard").textContent.trim()}: ${upload.file_name}`);
  part("sentence").classList.toggle("refused", upload.is_refused);
  part("again").hidden = upload.is_refused || upload.is_fetched;
  part("again").addEventListener("click", () => part("picker").click());
  part("picker").addEventListener("change", () => {
    const [file] = part("picker").files;
    part("picker").value = "";
    const isTheSame = file.name === upload.file_name && [null, file.size].includes(upload.size_bytes);
    if (isTheSame) {
      item.remove();
      goOn(file, upload.url);
    } else {
      refuse(item, fill(site.otherFile, { name: upload.file_name, size: size(upload.size_bytes ?? 0) }));
    }
  });
  part("discard").addEventListener("click", () => discard(item, site));
  list.append(item);
  return item;
}

async function discard(item, site) {
  const answer = await fetch(item.dataset.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
  if (answer.ok || [404, 410].includes(answer.status)) {
    item.remove();
    section.hidden = !list.children.length;
  } else {
    refuse(item, site.brokenUpload);
  }
}

function refuse(item, sentence) {
  const note = item.querySelector("[data-part=sentence]");
  note.textContent = sentence;
  note.classList.add("refused");
  announce(sentence);
}
