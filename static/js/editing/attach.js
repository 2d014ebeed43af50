/* Has the lines of a list corrected in place: saved after a pause and when one leaves a line, never over what somebody
   else has written meanwhile. Shows nothing of its own but what it is told to say. */

import { Conflict, Refused, Server } from "./server.js";
import { cursor, putCursor, show, textOf, written } from "./line.js";

const PAUSE_MILLISECONDS = 1200;

/* list: the element with the lines. options: base, token, change, doubtfulBelow; and what the page does:
   made(line): a new element for a line; said(sentence): tells; standing(answer): progress, speakers, undo;
   conflicted(item, theirs, takeTheirs, keepMine): asks which; reload(): reads all lines anew. */
export function attach(list, options) {
  const editor = new Editor(list, options);
  return editor;
}

class Editor {
  constructor(list, options) {
    this.list = list;
    this.options = options;
    this.server = new Server(options.base, options.token, options.change);
    this.saved = new WeakMap(); // what each line says on the server
    this.timers = new Map();
    list.addEventListener("focusin", (event) => this.#begin(event));
    list.addEventListener("focusout", (event) => this.#leave(event));
    list.addEventListener("input", (event) => this.#typed(event));
    list.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.timers.size) {
        event.preventDefault();
      }
    });
    this.stop = this.server.follow((found) => this.apply(found), options.reload);
  }

  /* One line's text can be typed into; call it for every line that comes to the page. */
  open(item) {
    const text = textOf(item);
    text.setAttribute("contenteditable", "plaintext-only");
    if (text.contentEditable !== "plaintext-only") {
      text.setAttribute("contenteditable", "true"); // Firefox before 136
    }
    text.setAttribute("spellcheck", "true");
    this.saved.set(item, written(item));
  }

  item(key) {
    return this.list.querySelector(`[data-line="${CSS.escape(key)}"]`);
  }

  async save(item) {
    clearTimeout(this.timers.get(item));
    this.timers.delete(item);
    const text = written(item);
    if (!item.isConnected || text === this.saved.get(item)) {
      return;
    }
    await this.#act(item, "text", () => ({ text }));
  }

  async split(item) {
    const at = cursor(item);
    await this.save(item);
    if (at !== null) {
      await this.#act(item, "split", () => ({ at }));
    }
  }

  async join(item) {
    await this.save(item);
    await this.#act(item, "join");
  }

  async joinWithBefore(item) {
    const before = item.previousElementSibling;
    if (before?.dataset.line) {
      const at = written(before).length;
      await this.save(item);
      await this.join(before);
      textOf(before).focus();
      putCursor(before, at);
    }
  }

  times(item, start, end) {
    return this.#act(item, "times", () => ({ start, end }));
  }

  async check(item, checked = !item.hasAttribute("data-checked")) {
    await this.save(item);
    await this.#act(item, "checked", () => ({ checked: checked ? 1 : 0 }));
  }

  revert(item) {
    return this.#act(item, "revert");
  }

  speak(item, speaker, until = item) {
    return this.#try(null, "speaker", () => ({ line: item.dataset.line, until: until.dataset.line, speaker }));
  }

  rename(speaker, name) {
    return this.#try(null, "rename", { speaker, name });
  }

  replace(wanted) {
    return this.#try(null, "replace", wanted);
  }

  async undo() {
    await Promise.all([...this.timers.keys()].map((item) => this.save(item)));
    await this.#try(null, "undo");
  }

  redo() {
    return this.#try(null, "redo");
  }

  async nextDoubt(item) {
    const spoken = item ? [...textOf(item).querySelectorAll("[data-start]")] : [];
    const at = window.getSelection().anchorNode?.parentElement?.closest("[data-start]");
    const after = at && spoken.includes(at) ? at.dataset.start : (item?.dataset.start ?? 0);
    const { line, word } = await this.server.doubt(after);
    if (line) {
      this.options.goTo?.(line, word);
      const found = this.item(line.line);
      const span = found && textOf(found).querySelectorAll("[data-start]")[word];
      if (span) {
        textOf(found).focus();
        window.getSelection().selectAllChildren(span);
      }
    }
    return line;
  }

  /* Puts on the page what has changed; a line that somebody is typing in waits for its own save. */
  apply(found) {
    this.options.standing?.(found);
    if (found.lines === null) {
      this.options.reload();
      return;
    }
    for (const key of found.gone) {
      const item = this.item(key);
      if (item && !this.#isUnsaved(item)) {
        item.remove();
      }
    }
    for (const line of found.lines) {
      const item = this.item(line.line);
      if (!item) {
        this.#insert(line);
      } else if (!this.#isUnsaved(item) && Number(item.dataset.version) !== line.version) {
        this.#show(item, line);
      }
    }
  }

  #show(item, line) {
    const at = item.contains(document.activeElement) ? cursor(item) : null;
    show(item, line, this.options.doubtfulBelow);
    this.saved.set(item, line.text);
    if (at !== null) {
      putCursor(item, Math.min(at, line.text.length));
    }
  }

  #insert(line) {
    const item = this.options.made(line);
    show(item, line, this.options.doubtfulBelow);
    const after = [...this.list.children].find((other) => Number(other.dataset.start) > line.start);
    this.list.insertBefore(item, after ?? null);
    this.open(item);
  }

  #isUnsaved(item) {
    return this.saved.has(item) && written(item) !== this.saved.get(item);
  }

  #begin(event) {
    const item = event.target.closest("[data-line]");
    if (item && !this.saved.has(item)) {
      this.saved.set(item, written(item));
    }
  }

  #leave(event) {
    const item = event.target.closest("[data-line]");
    if (item && event.target === textOf(item)) {
      this.save(item);
    }
  }

  #typed(event) {
    const item = event.target.closest("[data-line]");
    if (item) {
      clearTimeout(this.timers.get(item));
      this.timers.set(item, setTimeout(() => this.save(item), PAUSE_MILLISECONDS));
    }
  }

  /* Enter splits where the cursor is, Backspace at the front joins with the line before, Tab goes to the next doubtful
     word, Control+Enter marks as checked; Escape leaves the text, and then Tab goes on as everywhere. */
  #key(event) {
    const item = event.target.closest("[data-line]");
    if (!item || event.target !== textOf(item) || event.isComposing) {
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    const does = {
      Enter: () => (command ? this.check(item) : this.split(item)),
      Tab: () => (event.shiftKey || command ? null : this.nextDoubt(item)),
      Backspace: () => (cursor(item) === 0 && window.getSelection().isCollapsed ? this.joinWithBefore(item) : null),
      Escape: () => event.target.blur() ?? true,
      z: () => (command && !this.#isUnsaved(item) ? (event.shiftKey ? this.redo() : this.undo()) : null),
      y: () => (command && !this.#isUnsaved(item) ? this.redo() : null),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (does?.()) {
      event.preventDefault();
    }
  }

  #act(item, action, values = () => ({})) {
    const which = () => ({ line: item.dataset.line, version: item.dataset.version, ...values() });
    return this.#try(item, action, which);
  }

  async #try(item, action, values) {
    try {
      const answer = await this.server.act(action, values);
      if (item && action === "text") {
        this.saved.set(item, values().text);
        const now = answer.lines?.find((line) => line.line === item.dataset.line);
        if (now && this.#isUnsaved(item)) {
          item.dataset.version = now.version; // what was typed since is over this one
        }
      }
      this.apply(answer);
    } catch (error) {
      if (error instanceof Conflict) {
        this.#settle(item, error.lines);
      } else if (error instanceof Refused) {
        this.options.said(error.message);
      } else {
        this.options.said(this.options.lost);
        if (item && action === "text") {
          this.timers.set(item, setTimeout(() => this.save(item), 3 * PAUSE_MILLISECONDS));
        }
      }
    }
  }

  /* theirs: what stands there now. Nothing of mine is lost before its person has chosen. */
  #settle(item, theirs) {
    const same = item && theirs.find((line) => line.line === item.dataset.line);
    const take = () => (same ? this.#show(item, same) : this.options.reload());
    const keep = () => {
      item.dataset.version = same.version;
      return this.save(item);
    };
    this.options.conflicted(item, theirs, take, same ? keep : null);
  }
}
