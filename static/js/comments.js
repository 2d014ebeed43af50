/* Comments beside the text: written at the moment where the player is, and shown anew when somebody else has said
   something, as long as they are open. */

import { clock } from "./player/clock.js";

const WIDE = "(min-width: 72rem)";

const discussion = document.querySelector(".discussion");
const form = document.getElementById("comment");
const at = form.elements.at;
const text = form.elements.text;

/* Whoever begins to write means where they are now; what they have put there by hand stays. */
text.addEventListener("focus", () => {
  const media = document.querySelector("#player audio, #player video");
  if (media && !text.value && !at.dataset.typed) {
    at.value = clock(media.currentTime);
  }
});
at.addEventListener("input", () => {
  at.dataset.typed = "yes";
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "comments" && event.detail.target?.id !== "comments") {
    return;
  }
  const list = document.getElementById("comments");
  for (const number of document.querySelectorAll(".comments-number")) {
    number.textContent = list.dataset.number > 0 ? list.dataset.number : "";
  }
  const pressed = event.detail.requestConfig.elt.closest("li");
  if (pressed && document.activeElement === document.body) {
    (document.getElementById(pressed.id)?.querySelector("button") ?? list).focus();
  }
  if (event.detail.requestConfig.elt === form && !list.querySelector("[role=alert]")) {
    text.value = "";
    delete at.dataset.typed;
  }
});

let source = null;

discussion.addEventListener("toggle", listen);
document.addEventListener("visibilitychange", listen); // a site's tabs share few connections
discussion.open = window.matchMedia(WIDE).matches;

function listen() {
  source?.close();
  source = discussion.open && !document.hidden ? new EventSource(discussion.dataset.follow) : null;
  source?.addEventListener("comments", () => document.dispatchEvent(new Event("comments")));
  source?.addEventListener("end", (event) => event.target.close());
}
