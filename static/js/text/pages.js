/* The text by pages, each an <ol> of the segments that begin in its stretch of the recording. Pages near the view are
   filled; far ones are emptied and keep their height, or get one by their number of characters. A page that somebody
   is in stays: where the focus or the selection is, where a word is lit, or where something has `data-keep`. */

import { place, placeAll } from "../segments.js";

const NEAR = "2000px 0px";
const REST_MILLISECONDS = 60; // in view for so long before it is asked for: who only flies past needs nothing
const AGAIN_MILLISECONDS = 3000;
const FIRST_GUESS = 0.5; // of a pixel for each character

export class Pages extends EventTarget {
  constructor(root) {
    super();
    this.root = root;
    this.seconds = Number(root.dataset.pageSeconds);
    this.filling = new Map();
    this.near = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), {
      rootMargin: NEAR,
    });
    this.#size();
    for (const page of this.all()) {
      this.near.observe(page);
    }
    let width = root.clientWidth;
    new ResizeObserver(() => {
      if (root.clientWidth !== width) {
        width = root.clientWidth;
        this.#size();
      }
    }).observe(root);
  }

  all() {
    return [...this.root.children];
  }

  numberOf(seconds) {
    return Math.floor(seconds / this.seconds);
  }

  /* The segment that is being said then, or was said last; null before the first. Its page is filled for it. */
  async at(seconds) {
    let page = this.#last(this.numberOf(seconds));
    while (page) {
      await this.fill(page);
      const found = lastBefore(page, seconds);
      if (found) {
        return found;
      }
      page = page.previousElementSibling;
    }
    return null;
  }

  /* The same, of what is there; undefined where the page is empty. */
  shownAt(seconds) {
    const page = this.#last(this.numberOf(seconds));
    return page?.children.length ? lastBefore(page, seconds) ?? undefined : undefined;
  }

  /* The next segment, or the one before (-1); null at the ends. */
  async beside(segment, step) {
    const next = step > 0 ? "nextElementSibling" : "previousElementSibling";
    if (segment[next]) {
      return segment[next];
    }
    for (let page = segment.parentElement[next]; page; page = page[next]) {
      await this.fill(page);
      if (page.children.length) {
        return step > 0 ? page.firstElementChild : page.lastElementChild;
      }
    }
    return null;
  }

  /* Segments that have just been made, as the server writes them. */
  place(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const segment of template.content.querySelectorAll("li")) {
      if (!document.getElementById(segment.id)) {
        this.put(segment);
      }
    }
    this.#size();
  }

  /* A line in its page, or with its page once that is filled. */
  put(segment) {
    const page = this.#pageFor(this.numberOf(Number(segment.dataset.start)));
    const before = Number(page.dataset.characters);
    page.dataset.characters = before + segment.querySelector("p").textContent.length;
    if (page.children.length === 0 || this.filling.has(page)) {
      page.late = `${page.late ?? ""}${segment.outerHTML}`; // for an answer that is on its way already
    }
    if (page.children.length || !before) {
      place(segment, page);
    }
  }

  /* All that is there anew, but for pages in which something is not saved. */
  async again() {
    const filled = this.all().filter((page) => page.children.length && !page.querySelector("[data-keep]"));
    await Promise.all(filled.map((page) => this.#ask(page)));
  }

  /* Filled to the last one, and left so until `asNeeded`. */
  async everything() {
    this.near.disconnect();
    for (const page of this.all()) {
      await this.fill(page);
    }
  }

  asNeeded() {
    for (const page of this.all()) {
      this.near.observe(page);
    }
  }

  fill(page) {
    if (page.children.length || !Number(page.dataset.characters)) {
      return Promise.resolve();
    }
    return this.#ask(page);
  }

  #ask(page) {
    if (!this.filling.has(page)) {
      page.late = "";
      this.filling.set(page, this.#fetch(page).finally(() => this.filling.delete(page)));
    }
    return this.filling.get(page);
  }

  async #fetch(page) {
    const address = this.root.dataset.page.replace(/0$/, page.dataset.page);
    let html = null;
    while (html === null) {
      try {
        const answer = await fetch(address);
        html = answer.ok && !answer.redirected ? await answer.text() : null;
      } catch {
        html = null; // without a network it is asked for again
      }
      if (html === null) {
        page.dataset.lost = this.root.dataset.lost;
        await new Promise((again) => setTimeout(again, AGAIN_MILLISECONDS));
      }
    }
    delete page.dataset.lost;
    page.innerHTML = html;
    placeAll(page.late, page);
    page.style.blockSize = "";
    this.dispatchEvent(new CustomEvent("filled", { detail: page }));
  }

  #look({ target, isIntersecting }) {
    target.isNear = isIntersecting;
    if (isIntersecting) {
      setTimeout(() => target.isNear && this.fill(target), REST_MILLISECONDS);
    } else if (target.children.length && !isKept(target)) {
      target.style.blockSize = `${target.offsetHeight}px`;
      target.replaceChildren();
    }
  }

  #last(number) {
    let page = this.root.lastElementChild;
    while (page && Number(page.dataset.page) > number) {
      page = page.previousElementSibling;
    }
    return page;
  }

  #pageFor(number) {
    const before = this.#last(number);
    if (Number(before?.dataset.page) === number) {
      return before;
    }
    const page = document.createElement("ol");
    page.className = "segments";
    page.dataset.page = number;
    page.dataset.characters = 0;
    this.root.insertBefore(page, before ? before.nextElementSibling : this.root.firstElementChild);
    this.near.observe(page);
    return page;
  }

  /* Heights for those that are not there, by what the others have come to. */
  #size() {
    const filled = this.all().filter((page) => page.children.length);
    const height = filled.reduce((sum, page) => sum + page.offsetHeight, 0);
    const characters = filled.reduce((sum, page) => sum + Number(page.dataset.characters), 0);
    const each = characters ? height / characters : FIRST_GUESS;
    for (const page of this.all()) {
      page.style.blockSize = page.children.length ? "" : `${Math.round(page.dataset.characters * each)}px`;
    }
  }
}

function lastBefore(page, seconds) {
  let found = null;
  for (const segment of page.children) {
    if (Number(segment.dataset.start) > seconds + 0.001) {
      break;
    }
    found = segment;
  }
  return found;
}

function isKept(page) {
  const selection = document.getSelection();
  return (
    page.contains(document.activeElement) ||
    page.querySelector("[data-keep], .lit, .now") ||
    (!selection.isCollapsed && selection.containsNode(page, true))
  );
}
