/* One file on its way: ready, waiting, looking, sending, broken, checking, paused, then done, or
   refused by the server for now, or unfit. It tells its row. */

import { known } from "./known.js";
import { Pace } from "./pace.js";
import { sending } from "./sending.js";

const SHOWN_MILLISECONDS = 250;

export class Transfer {
  state = "ready";
  sent = 0;
  url = ""; // of the transcript
  sentence = "";
  #abort;
  #upload;
  #refused; // an upload that the server has refused
  #end;
  #shownAt = 0;

  /** `changed` is called with the transfer after every change; `address` continues what the server has begun to take. */
  constructor({ file, site, metadata, changed, address = "" }) {
    Object.assign(this, { file, site, metadata, changed, address });
  }

  get isOver() {
    return ["done", "refused", "unfit", "cancelled"].includes(this.state);
  }

  /** Ends when the file takes no place in the queue any more: it has arrived, was refused, paused or cancelled. */
  async begin() {
    const ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.pace = new Pace();
    const url = this.address || this.#upload ? "" : await this.#known(signal);
    if (!signal.aborted) {
      await (url ? this.#arrived(url) : this.#send(signal));
    }
    return ended;
  }

  pause() {
    this.#stop("paused");
  }

  cancel() {
    this.#stop("cancelled", true);
  }

  wait() {
    this.sentence = "";
    this.#become("waiting");
  }

  beUnfit(sentence) {
    this.sentence = sentence;
    this.#become("unfit");
  }

  #refuse(sentence, isUnfit) {
    this.sentence = sentence;
    this.#refused = this.#upload;
    this.#upload = undefined; // another try begins anew
    this.address = "";
    if (isUnfit) {
      this.#forget(); // its person has been told
    }
    this.#become(isUnfit ? "unfit" : "refused");
    this.#end();
  }

  /** Look at once whether the server answers again. */
  hurry() {
    if (this.state === "broken") {
      this.#upload.abort();
      this.#upload.start();
    }
  }

  async #known(signal) {
    this.#become("looking");
    try {
      return await known({ file: this.file, metadata: this.metadata(), site: this.site, signal });
    } catch (error) {
      if (!signal.aborted) {
        console.warn(error); // not asking costs no more than sending
      }
      return "";
    }
  }

  async #send(signal) {
    this.#become("sending");
    const { file, site, address } = this;
    this.#upload ??= await sending({ file, metadata: this.metadata(), address, site, told: this.#told() });
    if (!signal.aborted) {
      this.#upload.start();
    }
  }

  #told() {
    return {
      address: (address) => {
        this.address = address;
        this.changed(this);
      },
      progress: (sent) => this.#progress(sent),
      broken: () => this.#become("broken"),
      arrived: (url) => this.#arrived(url),
      refused: (sentence, isUnfit) => this.#refuse(sentence, isUnfit),
    };
  }

  #progress(sent) {
    this.sent = sent;
    this.pace.note(sent);
    const state = sent < this.file.size ? "sending" : "checking";
    const now = performance.now();
    if (state !== this.state || now > this.#shownAt + SHOWN_MILLISECONDS) {
      this.#shownAt = now;
      this.#become(state);
    }
  }

  #arrived(url) {
    this.url = url;
    this.sent = this.file.size;
    this.#become("done");
    this.#end();
  }

  #stop(state, isForEver = false) {
    this.#abort?.abort();
    this.#forget(isForEver);
    this.#become(state);
    this.#end?.();
  }

  #forget(isForEver = true) {
    (this.#upload ?? this.#refused)?.abort(isForEver).catch((error) => console.warn(error)); // what is left there expires
  }

  #become(state) {
    this.state = state;
    this.changed(this);
  }
}
