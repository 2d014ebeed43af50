/* The word that is being spoken is lit, and its segment is marked. In a pause, nothing is. */

import { eachMoment } from "./clock.js";

const GLOW_SECONDS = 0.15; // how long a word stays lit after its end: words of fast speech do not flicker

export function light(media, pages) {
  let segment = null;
  let word = null;

  eachMoment(media, (seconds) => {
    const here = pages.shownAt(seconds);
    if (here === undefined) {
      if (!media.paused) {
        pages.at(seconds);
      }
      return;
    }
    if (here !== segment || !here.isConnected) {
      segment?.classList.remove("now");
      segment = here;
      segment.classList.add("now");
      pages.dispatchEvent(new CustomEvent("now", { detail: segment }));
    }
    if (!word?.isConnected || !isSaid(word, seconds)) {
      word?.classList.remove("lit");
      word = [...segment.querySelectorAll("span[data-start]")].findLast((one) => isSaid(one, seconds)) ?? null;
      word?.classList.add("lit");
    }
  });
}

function isSaid(word, seconds) {
  const { start, end } = word.dataset;
  const next = word.nextElementSibling?.dataset.start ?? Infinity;
  return seconds >= start && seconds < Math.max(Number(end), Math.min(Number(end) + GLOW_SECONDS, next));
}
