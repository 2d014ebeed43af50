/* The bar under the waveform: where it is, how long it is, play and pause. */

import { clock, eachMoment } from "./clock.js";

export function bar(media, controls, places) {
  const seek = controls.querySelector("#seek");
  const now = controls.querySelector("#now");
  const length = controls.querySelector("#length");
  const play = controls.querySelector("[data-do=play]");
  let shown = "";

  eachMoment(media, (seconds) => {
    const text = clock(seconds);
    if (text !== shown) {
      shown = now.textContent = text;
      seek.value = seconds;
      seek.setAttribute("aria-valuetext", text);
    }
  });

  function know() {
    const isKnown = Number.isFinite(media.duration);
    seek.max = isKnown ? media.duration : 0;
    length.textContent = isKnown ? clock(media.duration) : "";
  }

  function show() {
    controls.classList.toggle("playing", !media.paused);
    play.setAttribute("aria-label", media.paused ? play.dataset.play : play.dataset.pause);
  }

  seek.addEventListener("input", () => places.seek(Number(seek.value)));
  media.addEventListener("durationchange", know);
  media.addEventListener("play", show);
  media.addEventListener("pause", show);
  know();
  show();
  return () => (media.paused ? media.play() : media.pause());
}
