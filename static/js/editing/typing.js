/* Typing into lines: where it may be done, and what its keys do. */

import { cursor, textOf, written } from "./line.js";

export class Typing {
  /* label: what a line is called, with {time}. noDoubt(): tells that there is no doubtful word left. */
  constructor(editor, { label, noDoubt }) {
    Object.assign(this, { editor, label, noDoubt, isOn: false });
    const { root } = editor.pages;
    this.opener = new MutationObserver(() => this.#openAll());
    root.addEventListener("focusin", (event) => this.#with(event, (item) => editor.know(item)));
    root.addEventListener("focusout", (event) => this.#with(event, (item) => editor.leave(item)));
    root.addEventListener("input", (event) => this.#with(event, (item) => editor.typed(item)));
    root.addEventListener("keydown", (event) => this.#with(event, (item) => this.#key(event, item)));
    root.addEventListener("beforeinput", (event) => this.#with(event, (item) => this.#write(event, item)));
    root.addEventListener("paste", (event) => this.#with(event, () => this.#paste(event)));
    window.addEventListener("beforeunload", (event) => {
      if (root.querySelector("[data-keep]")) {
        event.preventDefault();
      }
    });
    document.addEventListener("visibilitychange", () => document.hidden && editor.saveAll());
  }

  turn(isOn) {
    this.isOn = isOn;
    if (isOn) {
      this.#openAll();
      this.opener.observe(this.editor.pages.root, { childList: true, subtree: true }); // pages come and go
      return;
    }
    this.opener.disconnect();
    for (const text of this.editor.pages.root.querySelectorAll("[data-text]")) {
      for (const name of ["contenteditable", "spellcheck", "role", "aria-label", "aria-multiline"]) {
        text.removeAttribute(name);
      }
    }
  }

  #openAll() {
    for (const text of this.editor.pages.root.querySelectorAll("[data-text]:not([contenteditable])")) {
      text.setAttribute("contenteditable", "plaintext-only");
      if (text.contentEditable !== "plaintext-only") {
        text.setAttribute("contenteditable", "true"); // Firefox before 136
      }
      const time = text.closest("[data-line]").querySelector("time").textContent;
      text.setAttribute("spellcheck", "true");
      text.setAttribute("role", "textbox");
      text.setAttribute("aria-multiline", "true");
      text.setAttribute("aria-label", this.label.replace("{time}", time));
    }
  }

  #with(event, does) {
    const item = event.target.closest("[data-line]");
    if (this.isOn && item && event.target === textOf(item)) {
      does(item);
    }
  }

  /* Enter splits where the cursor is, Backspace at the front joins with the line before and Delete at the end with the
     next, Tab goes to the next doubtful word, Control+Enter marks as checked; Escape leaves the text, and then Tab goes
     on as everywhere. What the player has taken is done. */
  #key(event, item) {
    if (event.isComposing || event.defaultPrevented || event.altKey) {
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    const isCursor = window.getSelection().isCollapsed;
    const does = {
      Enter: () => (command ? this.editor.check(item) : this.#split(item)),
      Tab: () => (event.shiftKey || command ? null : this.#doubt(item)),
      Backspace: () => (isCursor && cursor(item) === 0 ? this.editor.joinWithBefore(item) : null),
      Delete: () => (isCursor && cursor(item) >= written(item).length ? this.editor.join(item) : null),
      Escape: () => item.querySelector(".tools").focus() ?? true,
      z: () => (command && !this.editor.isUnsaved(item) ? this.step(event.shiftKey ? "redo" : "undo") : null),
      y: () => (command && !this.editor.isUnsaved(item) ? this.step("redo") : null),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (does?.()) {
      event.preventDefault();
    }
  }

  /* Keyboards on a screen say what they do, not which key it was. */
  #write(event, item) {
    if (["insertParagraph", "insertLineBreak"].includes(event.inputType)) {
      event.preventDefault();
      this.#split(item);
    }
  }

  #paste(event) {
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\s+/g, " ");
    document.execCommand("insertText", false, text); // the one way in which the browser can take it back
  }

  #split(item) {
    return this.editor.split(item, cursor(item) ?? 0);
  }

  async #doubt(item) {
    if (!(await this.editor.nextDoubt(item))) {
      this.noDoubt();
    }
  }
}
