/* Skips stretches in which the waveform says that nothing is to be heard. */

import { eachMoment } from "./clock.js";

const QUIET = 0.02; // of the loudest peak
const SHORTEST = 12; // tenths of a second that are worth it
const KEPT_SECONDS = 0.3; // before the next sound

export function skipSilence(media, wave, button) {
  eachMoment(media, (seconds) => {
    if (media.paused || button.getAttribute("aria-pressed") !== "true") {
      return;
    }
    const end = endOfSilence(wave.peaks, Math.floor(seconds * 10));
    if (end && end / 10 - KEPT_SECONDS > seconds + 0.1) {
      media.currentTime = end / 10 - KEPT_SECONDS;
    }
  });
  return () => button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
}

/* In tenths of a second; 0 where it is not silent for long. */
function endOfSilence(peaks, from) {
  const most = QUIET * (peaks.loudest || 0);
  let end = from;
  while (end < peaks.length && peaks[end] <= most) {
    end += 1;
  }
  return end - from >= SHORTEST ? end : 0;
}
