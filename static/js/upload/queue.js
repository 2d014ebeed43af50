/* The order in which files are sent, and how many at once. Knows nothing of the page or the network: a file here is
   anything with a `begin` that ends when the file no longer takes a place. */

export class Queue {
  #waiting = [];
  #running = new Set();
  #atOnce;
  #rest;

  /** `rest` is called when nothing runs and nothing waits any more. */
  constructor({ atOnce, rest }) {
    this.#atOnce = atOnce;
    this.#rest = rest;
  }

  get isBusy() {
    return this.#running.size + this.#waiting.length > 0;
  }

  add(entry) {
    this.#waiting.push(entry);
    this.#next();
  }

  /** What has been interrupted goes before what has not begun. */
  addFirst(entry) {
    this.#waiting.unshift(entry);
    this.#next();
  }

  remove(entry) {
    this.#waiting = this.#waiting.filter((other) => other !== entry);
  }

  /** Exchange with the neighbour `by` places on: -1 or 1. Gives the neighbour, if there is one. */
  move(entry, by) {
    const from = this.#waiting.indexOf(entry);
    const neighbour = this.#waiting[from + by];
    if (from >= 0 && neighbour) {
      this.#waiting[from + by] = entry;
      this.#waiting[from] = neighbour;
    }
    return from < 0 ? undefined : neighbour;
  }

  #next() {
    while (this.#running.size < this.#atOnce && this.#waiting.length) {
      this.#run(this.#waiting.shift());
    }
  }

  async #run(entry) {
    this.#running.add(entry);
    try {
      await entry.begin();
    } finally {
      this.#running.delete(entry);
      this.#next();
      if (!this.isBusy) {
        this.#rest();
      }
    }
  }
}
