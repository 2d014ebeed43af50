/* Plays the selected text again and again, or the sentence where nothing is selected. */

import { eachMoment } from "./clock.js";

export function loop(media, pages, wave, button) {
  let span = null;

  eachMoment(media, (seconds) => {
    if (span && !media.paused && (seconds >= span.end || seconds < span.start - 0.5)) {
      media.currentTime = span.start;
    }
  });

  return async () => {
    span = span ? null : selected(pages) ?? (await sentence(media, pages));
    button.setAttribute("aria-pressed", Boolean(span));
    wave.mark(span, (start, end) => {
      span = { start, end };
    });
    if (span) {
      media.currentTime = span.start;
    }
  };
}

function selected(pages) {
  const selection = document.getSelection();
  if (selection.isCollapsed) {
    return null;
  }
  const words = [...pages.root.querySelectorAll("span[data-start]")].filter((word) => selection.containsNode(word, true));
  return words.length ? { start: Number(words[0].dataset.start), end: Number(words.at(-1).dataset.end) } : null;
}

async function sentence(media, pages) {
  const segment = await pages.at(media.currentTime);
  return segment && { start: Number(segment.dataset.start), end: Number(segment.dataset.end) };
}
