/* The page of a transcript: its text by pages, and the player where there is one. What a behaviour does is in its own
   module; here they meet. */

import { bar } from "./player/bar.js";
import { follow } from "./player/follow.js";
import { keys } from "./player/keys.js";
import { light } from "./player/lit.js";
import { loop } from "./player/loop.js";
import { Places } from "./player/places.js";
import { remember } from "./player/position.js";
import { jumps } from "./player/sentences.js";
import { skipSilence } from "./player/silence.js";
import { speeds } from "./player/speed.js";
import { Wave } from "./player/wave.js";
import { begin as beginCorrecting } from "./editing/begin.js";
import { Pages } from "./text/pages.js";
import "./text/found.js";
import { printing } from "./text/print.js";

const STEP_SECONDS = 5;

export const pages = new Pages(document.getElementById("segments"));
export const places = new Places(pages);

printing(pages);
document.addEventListener("segments", (event) => pages.place(event.detail));

const correcting = beginCorrecting(pages, places);
const controls = document.getElementById("controls");
begin();
document.addEventListener("htmx:load", begin); // the form that browsers play may be made while the page is open

function begin() {
  const media = document.querySelector("#player audio, #player video");
  if (!media || places.media) {
    return;
  }
  places.media = media;
  media.controls = false;
  controls.hidden = false;
  pages.root.classList.add("playable");
  const button = (name) => controls.querySelector(`[data-do=${name}]`);
  const sheet = document.getElementById("keys");
  const wave = new Wave(media, controls);
  wave.follow();
  correcting.wave = wave;
  light(media, pages);
  const actions = {
    play: bar(media, controls, places),
    back: () => places.seek(media.currentTime - STEP_SECONDS),
    forward: () => places.seek(media.currentTime + STEP_SECONDS),
    ...jumps(media, pages, places),
    ...speeds(media, controls.querySelector("#speed")),
    silence: skipSilence(media, wave, button("silence")),
    loop: loop(media, pages, wave, button("loop")),
    follow: follow(media, pages, button("follow")),
    edit: correcting.toggle,
    find: () => document.getElementById("find").focus(),
    sheet: () => sheet.showModal(),
    unfold: () => button("unfold").setAttribute("aria-expanded", controls.classList.toggle("unfolded")),
  };
  controls.addEventListener("click", (event) => actions[event.target.closest("[data-do]")?.dataset.do]?.());
  keys(sheet, actions);
  remember(media, controls.dataset.entry, places);
}
