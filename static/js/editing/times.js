/* When a line begins and ends: by numbers, or by dragging its stretch of the waveform. */

export class Times {
  constructor(editor, form) {
    this.editor = editor;
    this.form = form;
    this.wave = null;
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
    this.wave?.look(this.#span());
    this.#mark();
    this.form.elements.start.focus();
  }

  close() {
    this.form.hidden = true;
    this.wave?.mark(null);
    this.wave?.look(null);
    this.item?.querySelector("[data-text]").focus();
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
    this.form.elements.start.value = start.toFixed(2);
    this.form.elements.end.value = end.toFixed(2);
  }

  #span() {
    return { start: this.form.elements.start.valueAsNumber, end: this.form.elements.end.valueAsNumber };
  }
}
