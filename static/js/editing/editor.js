/* What is done to the lines of a text, one change after the other, and what others do meanwhile, put on the page. Never
   over what somebody has typed and not saved. It asks nothing and tells by events: `standing` (progress, speakers, what
   can be undone), `said` (a sentence), `changed`, `unsaved`, `saved`, `lost`, `conflict`. */

import { cursor, putCursor, show, tell, textOf, written } from "./line.js";
import { reload } from "../leave.js";
import { Conflict, Refused } from "./server.js";

const PAUSE_MILLISECONDS = 1200;

export class Editor extends EventTarget {
  /* made(): a new element for a line. */
  constructor(pages, server, doubtfulBelow, made) {
    super();
    Object.assign(this, { pages, server, doubtfulBelow, made });
    this.saved = new WeakMap(); // what each line says on the server
    this.unshown = new WeakMap(); // the words, with times, of what is being typed: shown when its person leaves
    this.timers = new Map();
    server.follow((found) => this.apply(found), reload);
  }

  item(key) {
    return this.pages.root.querySelector(`[data-line="${CSS.escape(key)}"]`);
  }

  /* Before anything is typed into it. */
  know(item) {
    if (!this.saved.has(item)) {
      this.saved.set(item, written(item));
    }
  }

  isUnsaved(item) {
    return this.saved.has(item) && written(item) !== this.saved.get(item);
  }

  typed(item) {
    this.#mark(item);
    this.#later(item, PAUSE_MILLISECONDS);
  }

  /* Whether all that is typed in it is saved now. */
  async save(item) {
    this.#stop(item);
    if (!this.isUnsaved(item)) {
      this.#mark(item);
      return true;
    }
    if (!item.isConnected || item.querySelector(".conflict")) {
      return false;
    }
    let sent = "";
    const values = () => ({ text: (sent = written(item)) });
    const told = ({ lines }) => {
      this.saved.set(item, sent);
      const now = lines?.find((line) => line.line === item.dataset.line);
      if (now && this.isUnsaved(item)) {
        tell(item, now); // what was typed since is over this one
        this.#later(item, PAUSE_MILLISECONDS);
      }
      this.#mark(item);
    };
    return Boolean(await this.#act(item, "text", values, told));
  }

  async saveAll() {
    await Promise.all([...this.timers.keys()].map((item) => this.save(item)));
  }

  async leave(item) {
    if (await this.save(item)) {
      this.#showWords(item);
    }
  }

  async split(item, at) {
    if ((await this.save(item)) && (await this.#act(item, "split", () => ({ at })))) {
      await this.#enter(await this.pages.beside(item, 1), 0);
    }
  }

  /* With the line after it. */
  async join(item) {
    const following = await this.pages.beside(item, 1);
    return following && (await this.save(following)) && (await this.save(item)) && this.#act(item, "join");
  }

  async joinWithBefore(item) {
    const before = await this.pages.beside(item, -1);
    const at = before && written(before).length;
    if (before && (await this.join(before))) {
      await this.#enter(before, at && at + 1);
    }
  }

  times(item, start, end) {
    return this.#act(item, "times", () => ({ start, end }));
  }

  async check(item, checked = !item.hasAttribute("data-checked")) {
    return (await this.save(item)) && this.#act(item, "checked", () => ({ checked: checked ? 1 : 0 }));
  }

  async revert(item) {
    return (await this.save(item)) && this.#act(item, "revert");
  }

  /* onward: until somebody else speaks. */
  async speak(item, speaker, onward) {
    await this.saveAll();
    return this.#try(item, "speaker", () => ({ line: item.dataset.line, speaker, onward: onward ? 1 : 0 }));
  }

  async rename(speaker, name) {
    await this.saveAll();
    return this.#try(null, "rename", { speaker, name });
  }

  async replace(wanted) {
    await this.saveAll();
    return this.#try(null, "replace", wanted);
  }

  /* What is done with lines that were recognised again: "take" or "leave". */
  act(action, values) {
    return this.#try(null, action, values);
  }

  /* "undo" or "redo"; the answer says what has changed with that. */
  async step(action) {
    await this.saveAll();
    return this.#try(null, action);
  }

  /* The next doubtful word after the cursor, or from a time on, selected; null where there is none. */
  async nextDoubt(item, seconds) {
    if (item) {
      await this.leave(item);
    }
    const at = window.getSelection().anchorNode;
    const word = item?.contains(at) ? (at.closest ? at : at.parentElement).closest("span[data-start]") : null;
    const begin = item ? item.dataset.start : seconds;
    const focused = document.activeElement;
    // The page has times of words to the hundredth.
    const { line, word: number } = await this.server.doubt(word ? Number(word.dataset.start) + 0.01 : begin || "");
    if (!line) {
      return null;
    }
    await this.pages.at(line.start);
    const found = this.item(line.line);
    if (document.activeElement !== focused && focused.isConnected) {
      return line; // its person has gone on meanwhile
    }
    await this.#enter(found, 0);
    const span = found && textOf(found).querySelectorAll("[data-start]")[number];
    if (span) {
      window.getSelection().selectAllChildren(span);
    }
    return line;
  }

  /* Puts on the page what has changed; a line that somebody types in waits for its own save. */
  apply(found) {
    this.#tell("standing", found);
    if (found.lines === null) {
      this.pages.again().then(() => this.#tell("changed"));
      return;
    }
    for (const item of found.gone.map((key) => this.item(key))) {
      if (item && !this.isUnsaved(item)) {
        item.remove();
      }
    }
    for (const line of found.lines) {
      this.#put(line);
    }
    this.#tell("changed");
  }

  #put(line) {
    const item = this.item(line.line);
    if (!item) {
      const added = this.made();
      show(added, line, this.doubtfulBelow);
      this.saved.set(added, line.text);
      this.pages.put(added);
    } else if (!this.isUnsaved(item) && Number(item.dataset.version) !== line.version) {
      const isElsewhere = Number(item.dataset.start) !== line.start;
      this.#show(item, line);
      if (isElsewhere) {
        item.remove();
        this.pages.put(item);
      }
    }
  }

  #show(item, line) {
    const isTypedIn = textOf(item) === document.activeElement;
    const at = isTypedIn ? cursor(item) : null;
    this.saved.set(item, line.text);
    if (isTypedIn && written(item) === line.text) {
      tell(item, line);
      this.unshown.set(item, line);
      return;
    }
    this.unshown.delete(item);
    show(item, line, this.doubtfulBelow);
    if (at !== null) {
      putCursor(item, Math.min(at, line.text.length));
    }
  }

  #showWords(item) {
    const line = this.unshown.get(item);
    this.unshown.delete(item);
    if (line && Number(item.dataset.version) === line.version && !this.isUnsaved(item)) {
      const at = textOf(item) === document.activeElement ? cursor(item) : null;
      show(item, line, this.doubtfulBelow);
      if (at !== null) {
        putCursor(item, at);
      }
    }
  }

  async #enter(item, at) {
    if (item) {
      textOf(item).focus();
      putCursor(item, at);
    }
  }

  #mark(item) {
    item.toggleAttribute("data-keep", this.isUnsaved(item));
    this.#tell(this.pages.root.querySelector("[data-keep]") ? "unsaved" : "saved");
  }

  #later(item, milliseconds) {
    clearTimeout(this.timers.get(item));
    this.timers.set(item, setTimeout(() => this.save(item), milliseconds));
  }

  #stop(item) {
    clearTimeout(this.timers.get(item));
    this.timers.delete(item);
  }

  #act(item, action, values = () => ({}), told = () => {}) {
    const which = () => ({ line: item.dataset.line, version: item.dataset.version, ...values() });
    return this.#try(item, action, which, told);
  }

  /* The answer, or null where it could not be done, of which its person is told. */
  async #try(item, action, values, told = () => {}) {
    try {
      const answer = await this.server.act(action, values);
      told(answer);
      this.apply(answer);
      return answer;
    } catch (error) {
      if (error instanceof Conflict) {
        this.#settle(item, error.lines);
      } else if (error instanceof Refused) {
        this.#tell("said", error.message);
      } else {
        this.#tell("lost");
        if (item && action === "text") {
          this.#later(item, 3 * PAUSE_MILLISECONDS);
        }
      }
      return null;
    }
  }

  /* theirs: what stands there now. Nothing of mine is lost before its person has chosen. */
  #settle(item, theirs) {
    const same = item && theirs.find((line) => line.line === item.dataset.line);
    if (!item || !this.isUnsaved(item)) {
      for (const line of theirs) {
        this.#put(line);
      }
      this.#tell("conflict", { isStep: !item });
      return;
    }
    const done = () => {
      this.#mark(item);
      this.#tell("changed");
    };
    const take = () => {
      if (same) {
        this.#show(item, same);
      } else {
        item.remove();
        for (const line of theirs) {
          this.#put(line);
        }
      }
      done();
    };
    const keep = () => {
      item.dataset.version = same.version;
      return this.save(item);
    };
    this.#tell("conflict", { item, theirs: same, take, keep });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
