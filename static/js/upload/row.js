/* A file's line in the list: name, progress, what happens to it, and the buttons that apply. */

import { announce } from "./announce.js";
import { duration, fill, size } from "./words.js";

const template = document.getElementById("upload-row");
const BUTTONS = {
  ready: ["cancel"],
  waiting: ["up", "down", "cancel"],
  looking: ["cancel"],
  sending: ["pause", "cancel"],
  broken: ["pause", "cancel"],
  checking: [],
  paused: ["resume", "cancel"],
  refused: ["retry", "cancel"],
  unfit: ["cancel"],
  done: [],
};
const TOLD = new Set(["done", "refused", "unfit", "broken", "paused"]);
const WITH_PROGRESS = new Set(["sending", "broken", "checking", "paused"]);
const OPEN_TO_CHOICES = new Set(["ready", "waiting", "refused"]);

let copies = 0;

export class Row {
  #said;

  /** `actions` has a function for the name of each button. */
  constructor({ file, site, form, actions }) {
    this.site = site;
    this.name = file.name;
    this.item = template.content.firstElementChild.cloneNode(true);
    this.parts = Object.fromEntries([...this.item.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
    this.parts.name.textContent = file.name;
    this.parts.progress.max = file.size || 1;
    this.parts.progress.setAttribute("aria-label", file.name);
    this.buttons = [...this.item.querySelectorAll("[data-do]")];
    for (const button of this.buttons) {
      button.setAttribute("aria-label", `${button.ariaLabel ?? button.textContent.trim()}: ${file.name}`);
      button.addEventListener("click", () => actions[button.dataset.do]());
    }
    this.parts.choices.addEventListener("toggle", () => this.#copyChoices(form), { once: true });
  }

  /** What is chosen for this file alone, by name; nothing as long as nobody has looked. */
  get choices() {
    const controls = [...this.parts.choices.querySelectorAll("[data-choice]")];
    return Object.fromEntries(controls.map((one) => [one.dataset.choice, value(one)]));
  }

  show(transfer) {
    const { state, sent, url } = transfer;
    this.item.dataset.state = state;
    this.parts.progress.hidden = !WITH_PROGRESS.has(state);
    this.parts.progress.value = sent;
    this.parts.choices.hidden = !OPEN_TO_CHOICES.has(state) || Boolean(transfer.address);
    this.parts.hint.hidden = !WITH_PROGRESS.has(state);
    this.parts.note.textContent = this.#note(transfer);
    this.parts.note.classList.toggle("refused", Boolean(transfer.sentence));
    if (url) {
      this.link(url, this.site.read);
    }
    this.#showButtons(state);
    this.#tell(state);
  }

  /** What the server says of a file that is under way: its sentence, and where its text can be read. */
  hear({ entry_url: url, sentence }) {
    this.parts.hint.textContent = sentence;
    if (url) {
      this.link(url, this.site.readAlready);
    }
  }

  link(url, text) {
    this.parts.link.href = url;
    this.parts.link.textContent = text;
    this.parts.link.hidden = false;
  }

  focus(name) {
    this.buttons.find((button) => button.dataset.do === name && !button.hidden)?.focus();
  }

  #note({ state, sent, file, pace, sentence }) {
    const figures = { sent: size(sent), size: size(file.size) };
    if (sentence) {
      return sentence;
    }
    if (state === "sending" && pace.bytesPerSecond) {
      const left = duration(pace.secondsLeft(file.size - sent));
      return fill(this.site.uploadingAt, { ...figures, speed: size(pace.bytesPerSecond), left });
    }
    return fill(this.site[state] ?? "", figures);
  }

  #showButtons(state) {
    const had = this.buttons.includes(document.activeElement) ? document.activeElement : null;
    for (const button of this.buttons) {
      button.hidden = !BUTTONS[state]?.includes(button.dataset.do);
    }
    if (had?.hidden) {
      this.buttons.find((button) => !button.hidden)?.focus();
    }
  }

  #tell(state) {
    if (state !== this.#said && TOLD.has(state)) {
      announce(`${this.name}: ${this.parts.note.textContent}`);
    }
    this.#said = state;
  }

  #copyChoices(form) {
    for (const chosen of form.querySelectorAll("[data-choice]")) {
      const line = chosen.closest(".row").cloneNode(true);
      line.querySelector("button")?.remove();
      const control = line.querySelector("[data-choice]");
      const label = line.querySelector("label");
      control.removeAttribute("name");
      control.value = chosen.value;
      control.checked = chosen.checked;
      copies += 1;
      control.id = label.htmlFor = `choice-${copies}`;
      this.parts.choices.append(line);
    }
  }
}

export function value(control) {
  return control.type === "checkbox" && !control.checked ? "" : control.value;
}
