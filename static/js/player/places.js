/* Going to a moment: by a click on a word, by an address that ends in #t=123.4, by what was found. */

export class Places {
  constructor(pages) {
    this.pages = pages;
    this.media = null;
    pages.root.addEventListener("click", (event) => this.#click(event));
    window.addEventListener("hashchange", () => this.#address());
    document.addEventListener("click", (event) => {
      const found = event.target.closest("a[data-at]");
      if (found) {
        event.preventDefault();
        this.#lead(Number(found.dataset.at));
      }
    });
    this.#address();
  }

  /* In the text, and in the recording where there is a player. */
  async go(seconds) {
    this.seek(seconds);
    const segment = await this.pages.at(seconds);
    segment?.scrollIntoView({ block: "center" });
    for (const other of document.querySelectorAll(".aim")) {
      other.classList.remove("aim");
    }
    segment?.classList.add("aim");
    return segment;
  }

  /* There, with the keyboard, too. */
  async #lead(seconds) {
    const segment = await this.go(seconds);
    segment?.querySelector(".moment").focus({ preventScroll: true });
  }

  seek(seconds) {
    if (!this.media) {
      return;
    }
    this.media.currentTime = Math.max(0, Math.min(seconds, this.media.duration || Infinity));
    this.pages.dispatchEvent(new Event("sought"));
  }

  #click(event) {
    const word = event.target.closest("span[data-start]");
    const isTypedIn = event.target.closest("[contenteditable]") && !this.media?.paused; // the cursor alone goes there
    if (word && document.getSelection().isCollapsed && !isTypedIn) {
      this.seek(Number(word.dataset.start));
    } else if (event.target.closest("a.moment")?.hash === window.location.hash) {
      this.#address(); // the same address anew, of which nobody is told
    }
  }

  #address() {
    const seconds = momentOf(window.location.hash);
    if (seconds !== null) {
      this.go(seconds);
    }
  }
}

export function momentOf(hash) {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
  return found ? Number(found[1]) : null;
}
