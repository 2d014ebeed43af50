/* Asks in a line that somebody else has changed, too, whose text is to stand. */

import { textOf } from "./line.js";

export function ask({ item, theirs, take, keep }) {
  if (item.querySelector(".conflict")) {
    return;
  }
  const asked = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
  asked.querySelector(theirs ? ".gone" : ".meanwhile").remove();
  const keeps = asked.querySelector("[data-do=keep]");
  if (theirs) {
    asked.querySelector("q").textContent = theirs.text;
  } else {
    keeps.remove();
  }
  const choose = (does) => () => {
    asked.remove();
    does();
    if (item.isConnected) {
      textOf(item).focus();
    }
  };
  asked.querySelector("[data-do=take]").addEventListener("click", choose(take));
  keeps.addEventListener("click", choose(keep));
  item.append(asked);
}
