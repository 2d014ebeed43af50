/* Records in the browser. Every second of it goes into the browser's own storage and from there to the server, which
   transcribes it meanwhile. What could not be sent is sent when this page is opened again. */

import { Sender } from "./recording/sender.js";
import * as sound from "./recording/sound.js";
import * as store from "./recording/store.js";
import { placeAll } from "./segments.js";

const form = document.getElementById("record");
const said = document.getElementById("record-status");
const clock = document.getElementById("clock");
const meter = document.getElementById("level");
const segments = document.getElementById("segments");
const unsent = document.getElementById("unsent");
const button = (name) => form.querySelector(`[data-do="${name}"]`);
const text = (name) => form.dataset[name];

const PIECE_MILLISECONDS = 1000;

let recorder = null;
let failed = "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  start().catch((error) => {
    said.textContent = error.name === "NotAllowedError" ? text("denied") : text("nothing");
    form.dataset.state = "idle";
  });
});
button("pause").addEventListener("click", pauseOrGoOn);
button("stop").addEventListener("click", () => recorder.stop());
window.addEventListener("beforeunload", (event) => {
  if (recorder) {
    event.preventDefault();
  }
});
sendWhatIsLeft();

async function start() {
  if (!navigator.mediaDevices) {
    said.textContent = text("insecure");
    return;
  }
  form.dataset.state = "starting";
  failed = "";
  const input = await sound.open(form.elements.source.value);
  const recording = {
    id: crypto.randomUUID(),
    user: form.dataset.user,
    name: `${text("name")} ${stamp(new Date())}.${input.type.includes("mp4") ? "m4a" : "webm"}`,
    type: input.type,
    language: form.elements.language.value,
    url: "",
    ended: false,
  };
  await store.begin(recording);
  navigator.locks.request(recording.id, () => new Promise(() => {})); // as long as this page is open
  record(recording, input);
}

function record(recording, input) {
  const sender = new Sender(recording, form.dataset.address, (news) => tell(news));
  const time = new Time();
  let size = 0;
  let writing = Promise.resolve();
  recorder = new MediaRecorder(input.stream, { mimeType: input.type });
  recorder.addEventListener("dataavailable", (event) => {
    const offset = size;
    size += event.data.size;
    writing = writing
      .then(() => store.append(recording.id, offset, event.data))
      .then(() => sender.more())
      .catch(() => {
        failed = text("full");
        recorder?.stop();
      });
  });
  recorder.addEventListener("stop", async () => {
    recorder = null;
    input.close();
    form.dataset.state = failed ? "idle" : "finishing";
    said.textContent = failed || text("finishing");
    await writing;
    await store.change(recording.id, { ended: true });
    sender.end();
  });
  input.tracks.forEach((track) => track.addEventListener("ended", () => recorder?.stop()));
  recorder.start(PIECE_MILLISECONDS);
  form.dataset.state = "recording";
  said.textContent = text("recording");
  show(input, time);
  sender
    .run()
    .then((entry) => window.location.assign(entry))
    .catch((error) => {
      failed = error.message || text("nothing"); // what is said meanwhile stays in this browser
      said.textContent = failed;
      if (!recorder) {
        form.dataset.state = "idle";
      }
    });
}

function show(input, time) {
  if (!recorder) {
    return;
  }
  time.pass(recorder.state === "recording");
  clock.textContent = time.text();
  meter.value = recorder.state === "recording" ? input.level() : 0;
  requestAnimationFrame(() => show(input, time));
}

function pauseOrGoOn() {
  const goesOn = recorder.state === "paused";
  if (goesOn) {
    recorder.resume();
  } else {
    recorder.pause();
  }
  form.dataset.state = goesOn ? "recording" : "paused";
  said.textContent = text(goesOn ? "recording" : "paused");
  button("pause").textContent = text(goesOn ? "pause" : "goOn");
}

let followed = null;

function tell({ entry, offline }) {
  if (offline !== undefined && recorder?.state === "recording") {
    said.textContent = text(offline ? "offline" : "recording");
  }
  if (entry && !followed) {
    follow(entry);
  }
}

function follow(entry) {
  followed = new EventSource(`${entry}events?since=0`);
  followed.addEventListener("segments", (event) => placeAll(event.data, segments));
  followed.addEventListener("end", (event) => {
    followed.close();
    if (!event.data) {
      // The text begins anew.
      segments.replaceChildren();
      follow(entry);
    }
  });
}

/* Recordings of this person that a closed browser or a lost network has left here. */
async function sendWhatIsLeft() {
  for (const recording of await store.all()) {
    if (recording.user === form.dataset.user) {
      // Another page may still be recording it, or sending it.
      navigator.locks.request(recording.id, { ifAvailable: true }, (lock) => {
        return lock && sendLeft({ ...recording, ended: true });
      });
    }
  }
}

async function sendLeft(recording) {
  const row = document.createElement("li");
  row.textContent = `${recording.name}: ${text("sending")}`;
  unsent.append(row);
  if (!(await store.sizeOf(recording.id))) {
    await store.remove(recording.id);
    row.remove();
    return;
  }
  try {
    const entry = await new Sender(recording, form.dataset.address, () => {}).run();
    const link = document.createElement("a");
    link.href = entry;
    link.textContent = recording.name;
    row.replaceChildren(link);
  } catch (error) {
    row.textContent = `${recording.name}: ${error.message} `;
    const discard = document.createElement("button");
    discard.type = "button";
    discard.textContent = text("discard");
    discard.addEventListener("click", () => store.remove(recording.id).then(() => row.remove()));
    row.append(discard);
  }
}

function stamp(now) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day} ${two(now.getHours())}.${two(now.getMinutes())}`;
}

class Time {
  constructor() {
    this.milliseconds = 0;
    this.last = performance.now();
  }

  pass(counts) {
    const now = performance.now();
    this.milliseconds += counts ? now - this.last : 0;
    this.last = now;
  }

  text() {
    const seconds = Math.floor(this.milliseconds / 1000);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  }
}
