/* The waveform, drawn by wavesurfer.js from the peaks that were made while the recording was prepared: the recording
   itself is loaded by the player alone. */

import RegionsPlugin from "../../vendor/wavesurfer.js/dist/plugins/regions.esm.js";
import WaveSurfer from "../../vendor/wavesurfer.js/dist/wavesurfer.esm.js";

const HEIGHT = 48;
const LOW = 32; // where the text needs the room
const NARROW = "(width < 72rem)";
const NEAR_PIXELS = 60; // for a second
const AGAIN_MILLISECONDS = 5000;

export class Wave {
  constructor(media, controls) {
    this.media = media;
    this.controls = controls;
    this.peaks = new Float32Array(0);
    this.surfer = null;
    media.addEventListener("loadedmetadata", () => this.#draw());
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
    this.load();
  }

  async load() {
    let bytes = new Uint8Array();
    try {
      const answer = await fetch(this.controls.dataset.peaks);
      bytes = new Uint8Array(answer.ok ? await answer.arrayBuffer() : 0);
    } catch {
      return; // without a network there is the bar, and the next status asks again
    }
    this.peaks = Float32Array.from(bytes, (peak) => peak / 255);
    this.peaks.loudest = this.peaks.reduce((most, peak) => Math.max(most, peak), 0);
    this.#draw();
  }

  /* While the recording is prepared there is more each time. */
  follow() {
    document.addEventListener("told", () => {
      clearTimeout(this.waiting);
      const isWhole = this.peaks.length / 10 > this.media.duration - 1;
      this.waiting = isWhole ? 0 : setTimeout(() => this.load(), AGAIN_MILLISECONDS);
    });
  }

  /* So near that a line can be seen; null is all of it again. */
  look(span) {
    this.surfer?.zoom(span ? NEAR_PIXELS : 0);
    if (span) {
      this.surfer?.setScrollTime(Math.max(0, span.start - 1));
    }
  }

  /* Marks a stretch, which can be dragged; null takes the mark away. */
  mark(span, changed) {
    this.regions?.clearRegions();
    if (span && this.regions) {
      const region = this.regions.addRegion({ ...span, color: this.#colour("--mark") });
      region.on("update-end", () => changed(region.start, region.end));
    }
  }

  #draw() {
    const { duration } = this.media;
    if (!this.peaks.length || !Number.isFinite(duration) || !duration) {
      return;
    }
    // As long as the recording: what is not prepared yet is flat.
    const whole = new Float32Array(Math.max(this.peaks.length, Math.round(duration * 10)));
    whole.set(this.peaks);
    if (this.surfer) {
      this.surfer.load(this.media.currentSrc, [whole], duration);
      return;
    }
    this.regions = RegionsPlugin.create();
    this.surfer = WaveSurfer.create({
      container: "#wave",
      media: this.media,
      peaks: [whole],
      duration,
      height: window.matchMedia(NARROW).matches ? LOW : HEIGHT,
      normalize: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 2,
      dragToSeek: true,
      hideScrollbar: true,
      cspNonce: this.controls.dataset.nonce,
      plugins: [this.regions],
      ...this.#colours(),
    });
    this.controls.classList.add("drawn");
  }

  #paint() {
    this.surfer?.setOptions(this.#colours());
  }

  #colours() {
    const accent = this.#colour("--accent");
    return { waveColor: this.#colour("--wave"), progressColor: accent, cursorColor: accent };
  }

  /* A canvas knows nothing of light-dark(): an element is asked what has become of it. */
  #colour(name) {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    this.controls.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }
}
