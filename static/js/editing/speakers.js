/* Who speaks: a name above a line where it is another than before, in a colour of its own; and who it is, asked. */

const COLOURS = 8; // of tokens.css

export class Speakers {
  /* left(): the dialog is closed. */
  constructor(editor, words, left) {
    Object.assign(this, { editor, words, left });
    this.names = [];
    this.colours = new Map(); // each keeps its own while the page is open
    this.dialog = document.getElementById("speaker");
    this.form = this.dialog.querySelector("form");
    this.form.elements.name.addEventListener("input", () => this.#offer());
    this.dialog.querySelector(".names").addEventListener("click", ({ target }) => {
      if (target.matches("button")) {
        this.form.elements.name.value = target.textContent;
        this.#offer();
      }
    });
    this.dialog.addEventListener("close", () => this.#answer());
    const { root } = editor.pages;
    new MutationObserver((records) => {
      if (records.some(({ target }) => target.matches("ol, #segments"))) {
        this.show();
      }
    }).observe(root, { childList: true, subtree: true });
  }

  know(names) {
    this.names = names;
    for (const name of names) {
      this.colours.set(name, this.colours.get(name) ?? this.colours.size % COLOURS);
    }
    this.show();
  }

  show() {
    let before = "";
    for (const item of this.editor.pages.root.querySelectorAll("[data-line]")) {
      const { speaker } = item.dataset;
      const name = item.querySelector(".speaker");
      name.hidden = !speaker || speaker === before;
      name.dataset.voice = this.colours.get(speaker) ?? "";
      before = speaker;
    }
  }

  ask(item) {
    this.item = item;
    const buttons = this.names.map((name) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.dataset.voice = this.colours.get(name);
      return button;
    });
    this.dialog.querySelector(".names").replaceChildren(...buttons);
    this.dialog.querySelector(".names").hidden = !buttons.length;
    this.form.reset();
    this.form.elements.name.value = item.dataset.speaker;
    this.#offer();
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.form.elements.name.select();
  }

  /* To give all of theirs another name there has to be one, and another. */
  #offer() {
    const { speaker } = this.item.dataset;
    const name = this.form.elements.name.value.trim();
    const rename = this.form.querySelector("[value=rename]");
    rename.hidden = !speaker || !name || name === speaker;
    rename.textContent = this.words.rename.replace("{name}", speaker);
  }

  #answer() {
    const name = this.form.elements.name.value;
    this.left();
    if (this.dialog.returnValue === "set") {
      this.editor.speak(this.item, name, this.form.elements.reach.value === "onward");
    } else if (this.dialog.returnValue === "rename") {
      this.editor.rename(this.item.dataset.speaker, name);
    }
  }
}
