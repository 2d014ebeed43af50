/* From half to three times as fast, at the same pitch; remembered for all recordings. */

import { remembered } from "./memory.js";

const SLOWEST = 5;
const FASTEST = 30; // tenths

export function speeds(media, output) {
  const kept = remembered("speed");

  function set(tenths) {
    const speed = Math.max(SLOWEST, Math.min(FASTEST, tenths)) / 10;
    media.preservesPitch = true;
    media.playbackRate = media.defaultPlaybackRate = speed;
    output.textContent = `${speed.toLocaleString(document.documentElement.lang)}×`;
    kept.write(speed);
  }

  set(Math.round(10 * (Number(kept.read()) || 1)));
  return {
    slower: () => set(Math.round(10 * media.playbackRate) - 1),
    faster: () => set(Math.round(10 * media.playbackRate) + 1),
    normal: () => set(10),
  };
}
