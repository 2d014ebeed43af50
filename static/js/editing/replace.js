/* Find and replace: shows what would be replaced while it is written, and replaces all of it as one change. */

import { Refused } from "./server.js";

const PAUSE_MILLISECONDS = 300;

export class Replace {
  constructor(editor, words, said) {
    Object.assign(this, { editor, words, said, asked: 0, found: null });
    this.dialog = document.getElementById("replace");
    this.form = this.dialog.querySelector("form");
    this.count = this.dialog.querySelector(".count");
    this.samples = this.dialog.querySelector(".samples");
    this.all = this.dialog.querySelector("[value=all]");
    this.form.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.all.disabled = true;
      this.timer = setTimeout(() => this.#look(), PAUSE_MILLISECONDS);
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault(); // nobody replaces everything by it
      }
    });
    this.dialog.addEventListener("close", () => this.#answer());
  }

  ask() {
    const selected = document.getSelection().toString().trim();
    if (selected) {
      this.form.elements.find.value = selected;
    }
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.form.elements.find.select();
    this.#look();
  }

  #wanted() {
    const { find, put, as_pattern: pattern, case: cases, whole_words: whole } = this.form.elements;
    const ticked = { as_pattern: pattern.checked, any_case: !cases.checked, whole_words: whole.checked };
    const numbers = Object.entries(ticked).map(([name, isSet]) => [name, isSet ? 1 : 0]);
    return { find: find.value, put: put.value, ...Object.fromEntries(numbers) };
  }

  async #look() {
    const wanted = this.#wanted();
    const number = (this.asked += 1);
    let found = null;
    let sentence = "";
    if (wanted.find) {
      try {
        found = await this.editor.server.find(wanted);
      } catch (error) {
        sentence = error instanceof Refused ? error.message : this.words.lost;
      }
    }
    if (number === this.asked) {
      this.#show(found, sentence);
    }
  }

  #show(found, sentence) {
    this.found = found;
    this.all.disabled = !found?.places;
    this.count.textContent = found ? counted(this.words.found, found) : sentence;
    this.samples.replaceChildren(...(found?.samples ?? []).map(sampled));
  }

  async #answer() {
    if (this.dialog.returnValue === "all" && (await this.editor.replace(this.#wanted()))) {
      this.said(counted(this.words.replaced, this.found));
    }
  }
}

function counted(text, { places, lines }) {
  const language = document.documentElement.lang;
  return text.replace("{places}", places.toLocaleString(language)).replace("{lines}", lines?.toLocaleString(language));
}

export function sampled({ clock, before, after }) {
  const item = document.createElement("li");
  const time = Object.assign(document.createElement("time"), { textContent: clock });
  const texts = [before ?? "", after ?? ""];
  const same = sameAround(...texts.map((text) => text.split(/(?<=\s)/)));
  const [was, is] = ["del", "ins"].map((name, at) => marked(name, texts[at], same));
  item.append(time, was, is);
  return item;
}

/* How many words two lines have in common at their beginnings and at their ends. */
function sameAround(before, after) {
  const least = Math.min(before.length, after.length);
  let first = 0;
  while (first < least && before[first] === after[first]) {
    first += 1;
  }
  let last = 0;
  while (last < least - first && before.at(-1 - last) === after.at(-1 - last)) {
    last += 1;
  }
  return { first, last };
}

function marked(name, text, { first, last }) {
  const words = text.split(/(?<=\s)/);
  const end = words.length - last;
  const element = Object.assign(document.createElement(name), { dir: "auto" });
  const differs = Object.assign(document.createElement("mark"), { textContent: words.slice(first, end).join("") });
  element.append(words.slice(0, first).join(""), differs, words.slice(end).join(""));
  return element;
}
