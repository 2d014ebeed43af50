/* Sends a recording that may still grow, by tus, from the copy in this browser. Goes on by itself after a lost network,
   and begins again where the server has forgotten it. */

import * as store from "./store.js";

const AGAIN_MILLISECONDS = [500, 1000, 2000, 5000, 10000];
const PASSING = new Set([401, 404, 408, 409, 423, 425, 429]); // a session or a place that comes back
const VERSION = { "Tus-Resumable": "1.0.0" };

export class Refused extends Error {}

export class Sender {
  /* recording: a row of the store. tell: called with what happens: { entry } once there is text to be read, { offline },
     { behind } bytes. */
  constructor(recording, address, tell) {
    this.recording = recording;
    this.address = address;
    this.tell = tell;
    this.offset = null;
    this.ended = recording.ended;
    this.wake = () => {};
  }

  /* There is more to send. */
  more() {
    this.wake();
  }

  /* There will be no more. */
  end() {
    this.ended = true;
    this.wake();
  }

  /* Until the server has all of it; gives the entry's address. Throws Refused with a sentence. */
  async run() {
    let failures = 0;
    for (;;) {
      try {
        const entry = await this.step();
        failures = 0;
        this.tell({ offline: false });
        if (entry) {
          await store.remove(this.recording.id);
          return entry;
        }
      } catch (error) {
        if (error instanceof Refused) {
          throw error;
        }
        this.offset = null;
        this.tell({ offline: true });
        await pause(AGAIN_MILLISECONDS[Math.min(failures, AGAIN_MILLISECONDS.length - 1)]);
        failures += 1;
      }
    }
  }

  /* The entry's address once all is there, "" before. */
  async step() {
    if (!this.recording.url) {
      await this.create();
    }
    this.offset ??= await this.ask();
    if (this.offset === null) {
      return "";
    }
    const isLast = this.ended; // before looking: what comes meanwhile is for the next step
    const bytes = await store.bytesFrom(this.recording.id, this.offset);
    if (!bytes.size && !isLast) {
      if (this.ended) {
        return "";
      }
      await new Promise((resolve) => {
        this.wake = resolve;
      });
      return "";
    }
    const size = isLast ? await store.sizeOf(this.recording.id) : 0;
    return this.send(bytes, size);
  }

  async create() {
    const { name, type, language } = this.recording;
    const told = { filename: name, filetype: type, language, live: "1" };
    const metadata = Object.entries(told).map(([key, value]) => `${key} ${base64(value)}`);
    const headers = { ...VERSION, "Upload-Defer-Length": "1", "Upload-Metadata": metadata.join(",") };
    const answer = await fetch(this.address, { method: "POST", headers });
    await refuse(answer);
    this.recording.url = answer.headers.get("Location");
    this.offset = 0;
    await store.change(this.recording.id, { url: this.recording.url });
  }

  async ask() {
    const answer = await fetch(this.recording.url, { method: "HEAD", headers: VERSION });
    if (answer.status === 404 || answer.status === 410) {
      this.recording.url = ""; // the copy here is whole: once more
      return null;
    }
    await refuse(answer);
    return Number(answer.headers.get("Upload-Offset"));
  }

  async send(bytes, size) {
    const headers = {
      ...VERSION,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(this.offset),
      ...(size ? { "Upload-Length": String(size) } : {}),
    };
    const answer = await fetch(this.recording.url, { method: "PATCH", headers, body: bytes });
    await refuse(answer);
    const offset = Number(answer.headers.get("Upload-Offset"));
    if (offset !== this.offset + bytes.size) {
      throw new Error(`is at ${offset} after ${this.offset} and ${bytes.size}`);
    }
    this.offset = offset;
    const entry = answer.headers.get("Transcription-Location") ?? "";
    this.tell({ entry });
    return size && this.offset === size ? entry : "";
  }
}

async function refuse(answer) {
  if (answer.ok) {
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  if (answer.status >= 500 || PASSING.has(answer.status) || !problem.code) {
    throw new Error(`answered ${answer.status}`); // without a code it is not the site that refuses, but what stands before it
  }
  throw new Refused(problem.detail);
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
  });
}
