/* When a line begins and ends: by times, or by dragging its stretch of the waveform. */

import { exact, seconds } from "../player/clock.js";

export class Times {
  constructor(editor, form, noTime) {
    Object.assign(this, { editor, form, noTime, wave: null });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#set();
    });
    form.addEventListener("input", () => this.#mark());
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    form.querySelector("[data-do=close]").addEventListener("click", () => this.close());
  }

  ask(item) {
    this.item = item;
    const { start, end } = item.dataset;
    this.#fill(Number(start), Number(end));
    this.form.hidden = false;
    this.wave?.media.pause(); // the waveform would run away from the line
    this.wave?.look(this.#span());
    this.#mark();
    this.form.elements.start.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
  }

  close() {
    this.form.hidden = true;
    this.wave?.mark(null);
    this.wave?.look(null);
    this.item?.querySelector("[data-text]").focus({ preventScroll: true });
  }

  async #set() {
    const { start, end } = this.#span();
    if (await this.editor.times(this.item, start, end)) {
      this.close();
    }
  }

  #mark() {
    const span = this.#span();
    this.wave?.mark(span.end > span.start ? span : null, (start, end) => this.#fill(start, end));
  }

  #fill(start, end) {
    this.form.elements.start.value = exact(start);
    this.form.elements.end.value = exact(end);
    this.#span();
  }

  #span() {
    return spanOf(this.form, this.noTime);
  }
}

/* The times in a form's `start` and `end`, in seconds; a field that holds none says so when the form is sent. */
export function spanOf(form, noTime) {
  const [start, end] = ["start", "end"].map((name) => {
    const field = form.elements[name];
    const time = seconds(field.value);
    field.setCustomValidity(Number.isNaN(time) ? noTime : "");
    return time;
  });
  return { start, end };
}
