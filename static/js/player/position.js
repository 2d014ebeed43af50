/* Where the reader was in this recording. An address with a moment goes before. */

import { remembered } from "./memory.js";
import { momentOf } from "./places.js";

const EVERY_MILLISECONDS = 2000;

export function remember(media, entry, places) {
  const kept = remembered(`position-${entry}`);
  const before = Number(kept.read());
  const asked = momentOf(window.location.hash);
  if (asked !== null) {
    places.seek(asked);
  } else if (before > 1 && document.querySelector(".messages")) {
    places.seek(before); // what the page says first is above the text
  } else if (before > 1) {
    places.go(before);
  }
  let written = 0;
  const write = () => kept.write(media.ended ? 0 : media.currentTime.toFixed(1));
  media.addEventListener("timeupdate", () => {
    if (performance.now() - written > EVERY_MILLISECONDS) {
      written = performance.now();
      write();
    }
  });
  media.addEventListener("pause", write);
  window.addEventListener("pagehide", write);
}
