/* Who has done what to the text and when, the last first. */

import { clock } from "../player/clock.js";
import { sampled } from "./replace.js";

export class Changes {
  constructor(editor, words) {
    Object.assign(this, { editor, words, before: "" });
    this.dialog = document.getElementById("changes");
    this.list = this.dialog.querySelector(".samples");
    this.more = this.dialog.querySelector("[data-do=more]");
    this.more.addEventListener("click", () => this.#read());
    editor.addEventListener("standing", () => this.dialog.open && this.#begin());
  }

  async ask() {
    await this.editor.saveAll();
    this.dialog.showModal();
    await this.#begin();
  }

  #begin() {
    this.before = "";
    return this.#read();
  }

  async #read() {
    const { before } = this;
    const { changes } = await this.editor.server.changes(before);
    const items = changes.map((change) => this.#item(change));
    this.list.replaceChildren(...(before ? this.list.children : []), ...items);
    this.before = changes.at(-1)?.change ?? before;
    this.more.hidden = changes.at(-1) === undefined || changes.length < 50;
    this.dialog.querySelector(".none").hidden = this.list.children.length > 0;
  }

  #item(change) {
    const item = sampled({ ...change, clock: change.start === null ? "" : clock(change.start) });
    const when = new Date(change.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    const head = document.createElement("p");
    head.textContent = [change.label, when, change.who, change.undone && this.words.takenBack].filter(Boolean).join(" · ");
    item.classList.toggle("undone", change.undone);
    if (change.before === change.after) {
      item.querySelector("ins").remove(); // not of the text
      item.querySelector("del").replaceWith(Object.assign(document.createElement("span"), { textContent: change.after ?? "" }));
    }
    item.prepend(head);
    return item;
  }
}
