/* A line on the page: `<li data-line data-version data-start data-end>` with `[data-text]` that holds its words. */

/* All of it. */
export function show(item, line, doubtfulBelow) {
  tell(item, line);
  textOf(item).replaceChildren(...words(line, doubtfulBelow));
}

/* All but its text. */
export function tell(item, line) {
  item.id = `line-${line.line}`;
  Object.assign(item.dataset, { line: line.line, version: line.version, start: line.start, end: line.end });
  item.dataset.speaker = item.querySelector(".speaker").textContent = line.speaker;
  item.toggleAttribute("data-checked", line.checked);
  item.querySelector("time").textContent = line.clock;
  item.querySelector(".moment").hash = `t=${line.start}`;
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

/* As the server writes them: the space between two words is in neither. */
function words(line, doubtfulBelow) {
  const said = line.words.map((word) => word[2]).join("").trim();
  if (said !== line.text) {
    return [document.createTextNode(line.text)];
  }
  return line.words.flatMap(([start, end, text, probability], at) => {
    const span = document.createElement("span");
    span.textContent = text.trim();
    Object.assign(span.dataset, { start, end });
    span.toggleAttribute("data-doubtful", probability < doubtfulBelow);
    return at && /^\s/.test(text) ? [document.createTextNode(" "), span] : [span];
  });
}
