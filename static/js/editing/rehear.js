/* Lines recognised again with other options: asked for, compared with what stands there, taken or left. */

import { exact } from "../player/clock.js";
import { Refused } from "./server.js";
import { spanOf } from "./times.js";

const AGAIN_MILLISECONDS = 1500;

export class Rehear {
  /* chosen(): the line that is worked on, or null. */
  constructor(editor, words, said, chosen) {
    Object.assign(this, { editor, words, said, chosen, found: null, timer: 0 });
    this.dialog = document.getElementById("rehear");
    this.form = this.dialog.querySelector("form");
    this.status = this.dialog.querySelector(".count");
    this.progress = this.dialog.querySelector("progress");
    this.compared = this.dialog.querySelector(".compared");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#begin();
    });
    this.form.addEventListener("input", () => this.form.elements.start && spanOf(this.form, this.words.noTime));
    for (const action of ["take", "leave"]) {
      this.#button(action).addEventListener("click", () => this.#end(action));
    }
    this.dialog.addEventListener("close", () => clearTimeout(this.timer));
  }

  async ask() {
    const lines = selected() ?? [this.chosen()].filter(Boolean);
    await this.editor.saveAll();
    this.dialog.showModal();
    await this.#look();
    const { start, end } = this.form.elements;
    if (start && (this.found || lines.length)) {
      start.value = exact(floored(this.found?.start ?? Math.min(...lines.map((line) => Number(line.dataset.start)))));
      end.value = exact(floored(this.found?.end ?? Math.max(...lines.map((line) => Number(line.dataset.end)))));
      spanOf(this.form, this.words.noTime);
    }
  }

  #button(action) {
    return this.dialog.querySelector(`[data-do=${action}]`);
  }

  async #begin() {
    const { language, preset, hotwords } = this.form.elements;
    const chosen = [language, preset, hotwords].map(({ name, value }) => [name, value]);
    await this.#look({ ...spanOf(this.form, this.words.noTime), ...Object.fromEntries(chosen) });
  }

  /* What the site says of it, until it is done; asked: have it done. */
  async #look(asked = null) {
    clearTimeout(this.timer);
    try {
      const { server } = this.editor;
      this.#show((await (asked ? server.rehear(asked) : server.reheard())).rehearing);
    } catch (error) {
      this.status.textContent = error instanceof Refused ? error.message : this.words.lost;
    }
    if (this.dialog.open && this.found?.state === "waiting") {
      this.timer = setTimeout(() => this.#look(), AGAIN_MILLISECONDS);
    }
  }

  #show(found) {
    this.found = found;
    const { state, done, clocks = [], sentence, pieces = [] } = found ?? {};
    this.progress.hidden = state !== "waiting";
    this.progress.value = done ?? 0;
    const differs = pieces.some(([kind]) => kind !== "same");
    const sentences = {
      waiting: this.words.rehearing,
      done: differs ? this.words.reheard : this.words.heardSame,
      failed: sentence,
    };
    this.status.textContent = (sentences[state] ?? "").replace("{from}", clocks[0]).replace("{to}", clocks[1]);
    this.compared.hidden = state !== "done";
    this.compared.replaceChildren(...pieces.flatMap(([kind, text]) => [piece(kind, text), " "]));
    this.#button("take").hidden = state !== "done" || !differs;
    this.#button("leave").hidden = !found;
  }

  async #end(action) {
    const answer = await this.editor.act(action, { seen: this.found?.seen ?? "" });
    if (answer && action === "take") {
      this.dialog.close();
      this.said(this.words.taken);
    }
    await this.#look();
  }
}

/* To the hundredth that its field shows: the first line begins no earlier, and the one after the last no earlier either. */
function floored(seconds) {
  return Math.floor(100 * seconds) / 100;
}

function piece(kind, text) {
  const name = { same: "span", gone: "del", new: "ins" }[kind];
  return Object.assign(document.createElement(name), { textContent: text });
}

/* The lines that the selection is over, or null. */
function selected() {
  const selection = document.getSelection();
  if (selection.isCollapsed) {
    return null;
  }
  const ends = [selection.anchorNode, selection.focusNode];
  const lines = ends.map((node) => node?.parentElement?.closest("li[data-line]")).filter(Boolean);
  return lines.length ? lines : null;
}
