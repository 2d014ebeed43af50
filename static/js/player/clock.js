/* Calls `look` with the player's time: each frame while it plays, and when it was moved. In a tab that nobody sees there
   are no frames, but the player itself tells a few times a second. */

export function eachMoment(media, look) {
  const tell = () => look(media.currentTime);
  const go = () => {
    tell();
    if (!media.paused && !media.ended) {
      requestAnimationFrame(go);
    }
  };
  media.addEventListener("play", go);
  for (const name of ["seeked", "timeupdate", "pause", "loadedmetadata"]) {
    media.addEventListener(name, tell);
  }
}

/* Seconds of "1:02:03.45", "2:03" or "123,4"; NaN of what is none. */
export function seconds(text) {
  const parts = text.trim().replace(",", ".").split(":");
  const areNumbers = parts.every((part, at) => /^\d+(\.\d+)?$/.test(part) && (!at || part < 60));
  return areNumbers && parts.length <= 3 ? parts.reduce((sum, part) => 60 * sum + Number(part), 0) : NaN;
}

/* 2:03.45, to be changed by hand. */
export function exact(time) {
  const hundredths = Math.round(100 * time);
  return `${clock(Math.floor(hundredths / 100))}.${String(hundredths % 100).padStart(2, "0")}`;
}

/* 1:02:03, as the server writes times. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
