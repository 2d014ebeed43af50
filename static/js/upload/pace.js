/* How fast a file goes and how long the rest will take, from what was sent in the last seconds. */

const WINDOW_MILLISECONDS = 10_000;

export class Pace {
  #samples = [];

  note(bytes, now = performance.now()) {
    this.#samples.push({ bytes, now });
    while (this.#samples[0].now < now - WINDOW_MILLISECONDS) {
      this.#samples.shift();
    }
  }

  /** Zero until it can be told. */
  get bytesPerSecond() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const seconds = first ? (last.now - first.now) / 1000 : 0;
    return seconds < 1 ? 0 : Math.max(0, (last.bytes - first.bytes) / seconds);
  }

  secondsLeft(bytes) {
    return this.bytesPerSecond ? bytes / this.bytesPerSecond : 0;
  }
}
