/* The upload form: chosen files stand in a list and are sent in parts, some at once. Without this the form posts them. */

import { announce } from "./upload/announce.js";
import { choosing } from "./upload/choose.js";
import { Queue } from "./upload/queue.js";
import { Row, value } from "./upload/row.js";
import { Transfer } from "./upload/transfer.js";
import { showUnfinished } from "./upload/unfinished.js";
import { fill } from "./upload/words.js";

const LOOK_MILLISECONDS = 4000;

const form = document.getElementById("upload");
const list = document.getElementById("uploads");
const startAll = form.querySelector("button[type=submit]");
const site = { ...form.dataset, token: form.elements.csrfmiddlewaretoken.value };
const lines = new Map(); // of a transfer its row, as long as it stands in the list
const queue = new Queue({ atOnce: Number(site.atOnce), rest });
const own = new Set(); // addresses of uploads that a line is or was about
let looking = null;

form.classList.add("scripted");
form.noValidate = true;
choosing({ form, chosen: take, dropped: (files) => take(files).forEach((transfer) => start(transfer)), leftOut: (count) => announceHere(fill(site.leftOut, { count })) });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const ready = inState("ready");
  if (!ready.length) {
    announceHere(inState("unfit").at(-1)?.sentence ?? site.noFile);
  }
  ready.forEach((transfer) => start(transfer));
});
window.addEventListener("beforeunload", (event) => {
  if (queue.isBusy) {
    event.preventDefault();
  }
});
window.addEventListener("online", () => [...lines.keys()].forEach((transfer) => transfer.hurry()));
look();

function take(files) {
  const twice = files.filter(isThere);
  announceHere(twice.length ? fill(site.twice, { name: twice[0].name }) : "");
  const added = files.filter((file) => !twice.includes(file)).map((file) => add(file));
  tellChosen();
  return added.filter(({ isOver }) => !isOver);
}

function add(file, address = "") {
  const transfer = new Transfer({ file, site, address, metadata: () => choices(transfer), changed });
  const row = new Row({ file, site, form, actions: actions(transfer) });
  lines.set(transfer, row);
  list.append(row.item);
  const refusal = refuse(file);
  if (refusal) {
    transfer.beUnfit(refusal);
  } else {
    changed(transfer);
  }
  return transfer;
}

function actions(transfer) {
  return {
    up: () => move(transfer, -1),
    down: () => move(transfer, 1),
    pause: () => transfer.pause(),
    resume: () => start(transfer, true),
    retry: () => start(transfer),
    cancel: () => drop(transfer),
  };
}

function start(transfer, isInterrupted = false) {
  transfer.wait();
  if (isInterrupted) {
    queue.addFirst(transfer);
  } else {
    queue.add(transfer);
  }
  tellChosen();
  lookSoon();
}

function drop(transfer) {
  const row = lines.get(transfer);
  const next = row.item.nextElementSibling ?? row.item.previousElementSibling;
  queue.remove(transfer);
  lines.delete(transfer);
  transfer.cancel();
  row.item.remove();
  (next?.querySelector("button:not([hidden])") ?? startAll).focus();
  announce(fill(site.cancelled, { name: transfer.file.name }));
  tellChosen();
}

function move(transfer, by) {
  const neighbour = queue.move(transfer, by);
  if (neighbour) {
    const [item, other] = [lines.get(transfer).item, lines.get(neighbour).item];
    other.insertAdjacentElement(by < 0 ? "beforebegin" : "afterend", item);
    lines.get(transfer).focus(by < 0 ? "up" : "down");
  }
}

function changed(transfer) {
  if (transfer.address) {
    own.add(path(transfer.address));
  }
  lines.get(transfer)?.show(transfer);
  if (transfer.state === "done") {
    // Asked by the page and not by the list, with which a second question would go.
    const { address } = document.getElementById("history").dataset;
    window.htmx.ajax("GET", address, { target: "#history", swap: "outerHTML" }).catch(() => {}); // it has been told
  }
}

/** One recording: read it at once. Several: they stand in the list below. */
function rest() {
  const all = [...lines.keys()];
  if (all.length === 1 && all[0].state === "done" && all[0].url) {
    window.location.assign(all[0].url);
  }
}

function refuse(file) {
  if (file.size === 0) {
    return site.emptyFile;
  }
  return file.size > Number(site.maxBytes) ? site.tooLarge : "";
}

function isThere({ name, size, lastModified }) {
  return [...lines.keys()].some(
    ({ file, isOver }) => !isOver && file.name === name && file.size === size && file.lastModified === lastModified,
  );
}

function inState(state) {
  return [...lines.keys()].filter((transfer) => transfer.state === state);
}

function choices(transfer) {
  const forAll = [...form.querySelectorAll("[data-choice]")].map((one) => [one.dataset.choice, value(one)]);
  return { ...Object.fromEntries(forAll), ...lines.get(transfer)?.choices };
}

function tellChosen() {
  form.dispatchEvent(new CustomEvent("chosen", { detail: inState("ready").map(({ file }) => file) }));
}

function announceHere(sentence) {
  document.getElementById("upload-note").textContent = sentence;
}

/** What the server says of all uploads: those that can be continued, and text that can be read already. */
async function look() {
  clearTimeout(looking);
  looking = null;
  const answer = await fetch(site.uploads, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    show((await answer.json()).uploads);
  }
  if (queue.isBusy) {
    lookSoon();
  }
}

function lookSoon() {
  looking ??= setTimeout(look, LOOK_MILLISECONDS);
}

function show(uploads) {
  for (const [transfer, row] of lines) {
    const upload = uploads.find(({ url }) => transfer.address && path(url) === path(transfer.address));
    if (upload && !transfer.isOver) {
      row.hear(upload);
    }
  }
  const others = uploads.filter(({ url }) => !own.has(path(url)));
  showUnfinished({ uploads: others, site, goOn: (file, address) => start(add(file, address)) });
}

function path(address) {
  return new URL(address, window.location.href).pathname;
}
