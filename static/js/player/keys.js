/* Everything by the keyboard, in one of several sets of keys; `?` shows them. */

import { remembered } from "./memory.js";

const SETS = {
  standard: {
    play: [" ", "k"],
    back: ["ArrowLeft"],
    forward: ["ArrowRight"],
    previous: ["j"],
    next: ["l"],
    wordBack: [","],
    wordOn: ["."],
    slower: ["-"],
    faster: ["+"],
    normal: ["0"],
    silence: ["s"],
    loop: ["r"],
    follow: ["f"],
    edit: ["e"],
    find: ["/"],
    sheet: ["?"],
  },
  otranscribe: {
    play: ["Escape"],
    back: ["F1"],
    forward: ["F2"],
    slower: ["F3"],
    faster: ["F4"],
    sheet: ["?"],
  },
  none: { sheet: ["?"] },
};
const NAMES = { " ": "␣", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

export function keys(sheet, actions) {
  const kept = remembered("keys");
  const chosen = sheet.querySelector("select");
  chosen.value = kept.read() in SETS ? kept.read() : "standard";
  chosen.addEventListener("change", () => {
    kept.write(chosen.value);
    show();
  });
  show();

  // Before those who are typed to: what is a key of the player is none of theirs.
  const press = (event) => {
    const [name] = Object.entries(SETS[chosen.value]).find(([, ones]) => ones.includes(event.key)) ?? [];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || isTakenBy(event) || isAsked()) {
      return;
    }
    event.preventDefault();
    actions[name]();
  };
  document.addEventListener("keydown", press, { capture: true });

  function show() {
    for (const place of sheet.querySelectorAll("[data-keys]")) {
      const names = SETS[chosen.value][place.dataset.keys] ?? [];
      place.replaceChildren(...names.map((name) => Object.assign(document.createElement("kbd"), { textContent: NAMES[name] ?? name.toUpperCase() })));
      place.parentElement.hidden = !names.length;
    }
  }
}

function isAsked() {
  return document.querySelector("dialog[open], :popover-open");
}

/* Whoever types means text, and a space presses the button that the keyboard has gone to; one that was clicked is done.
   Keys that write nothing are never meant so. */
function isTakenBy({ key, target }) {
  const isTyping = target.closest("textarea, select, [contenteditable], input:not([type=range])");
  const writes = key.length === 1 || key.startsWith("Arrow");
  const presses = key === " " && target.closest("button:focus-visible, a, summary, input");
  const moves = key.startsWith("Arrow") && target.closest("input, summary");
  return (isTyping && writes) || presses || moves;
}
