/* A line on the page: `<li data-line data-version data-start data-end>` with `[data-text]` that holds its words. */

export function show(item, line, doubtfulBelow) {
  Object.assign(item.dataset, { line: line.line, version: line.version, start: line.start, end: line.end });
  item.dataset.speaker = line.speaker;
  item.toggleAttribute("data-checked", line.checked);
  const time = item.querySelector("time");
  if (time) {
    time.textContent = line.clock;
  }
  textOf(item).replaceChildren(...words(line, doubtfulBelow));
}

export function textOf(item) {
  return item.querySelector("[data-text]");
}

export function written(item) {
  return textOf(item).textContent.replace(/\s+/g, " ").trim();
}

/* Where the cursor is, counted in characters of what is written. */
export function cursor(item) {
  const selection = window.getSelection();
  if (!selection.rangeCount || !textOf(item).contains(selection.anchorNode)) {
    return null;
  }
  const before = document.createRange();
  before.selectNodeContents(textOf(item));
  before.setEnd(selection.anchorNode, selection.anchorOffset);
  return before.toString().replace(/\s+/g, " ").trimStart().length;
}

export function putCursor(item, at) {
  const walker = document.createTreeWalker(textOf(item), NodeFilter.SHOW_TEXT);
  let left = at;
  while (walker.nextNode()) {
    if (left <= walker.currentNode.length) {
      window.getSelection().collapse(walker.currentNode, left);
      return;
    }
    left -= walker.currentNode.length;
  }
  window.getSelection().selectAllChildren(textOf(item));
  window.getSelection().collapseToEnd();
}

function words(line, doubtfulBelow) {
  const said = line.words.map((word) => word[2]).join("").trim();
  if (said !== line.text) {
    return [document.createTextNode(line.text)];
  }
  return line.words.map(([start, end, text, probability], at) => {
    const span = document.createElement("span");
    span.textContent = at ? text : text.trimStart();
    Object.assign(span.dataset, { start, end });
    span.toggleAttribute("data-doubtful", probability < doubtfulBelow);
    return span;
  });
}
