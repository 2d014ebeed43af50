/* Correcting a text: what belongs to it is put together here, and the buttons of it do what they say. */

import { isInView } from "../player/follow.js";
import { remembered } from "../player/memory.js";
import { Changes } from "./changes.js";
import { ask } from "./conflict.js";
import { Editor } from "./editor.js";
import { Rehear } from "./rehear.js";
import { Replace } from "./replace.js";
import { Server } from "./server.js";
import { Speakers } from "./speakers.js";
import { Times } from "./times.js";
import { Typing } from "./typing.js";

const SAID_MILLISECONDS = 12_000;
const MENU_PIXELS = 160; // as high as the menu is

/* toggle(): begins and ends it, for whoever may. wave: set it to the player's, where there is one. */
export function begin(pages, places) {
  const bar = document.getElementById("editing");
  if (!bar) {
    return { toggle() {} }; // who reads here may not correct
  }
  const words = bar.dataset;
  const opening = JSON.parse(document.getElementById("opening").textContent);
  const template = document.getElementById("line").content.firstElementChild;
  const server = new Server(words.lines, words.token, opening.change);
  const editor = new Editor(pages, server, opening.doubtful_below, () => template.cloneNode(true));
  const say = sayer(document.getElementById("said"));
  const noDoubt = () => say(words.noDoubt);
  const typing = new Typing(editor, { label: words.label, noDoubt });
  const back = () => tools.querySelector("[data-do=menu]").focus(); // the menu that a dialog was opened from is closed
  const speakers = new Speakers(editor, words, back);
  const times = new Times(editor, document.getElementById("times"), words.noTime);
  const replace = new Replace(editor, words, say);
  const changes = new Changes(editor, words);
  const rehear = new Rehear(editor, words, say, () => chosen);
  const tools = document.getElementById("tools");
  const menu = document.getElementById("line-menu");
  const kept = remembered("correcting");
  let chosen = null;

  async function step(action) {
    const answer = await editor.step(action);
    const [line] = answer?.lines ?? [];
    if (line) {
      const item = await pages.at(line.start);
      item?.scrollIntoView({ block: "nearest" });
      say((action === "undo" ? words.undone : words.redone).replace("{time}", line.clock));
    }
  }
  typing.step = (action) => {
    step(action);
    return true;
  };

  function turn(isOn) {
    const edit = bar.querySelector("[data-do=edit]");
    edit.textContent = isOn ? edit.dataset.end : edit.dataset.begin;
    bar.querySelector(".deeds").hidden = document.getElementById("hint").hidden = !isOn;
    bar.classList.toggle("on", isOn);
    pages.root.classList.toggle("corrected", isOn);
    tools.hidden = !(isOn && chosen); // they are about a line
    kept.write(isOn ? "1" : "");
    typing.turn(isOn);
    say("");
  }

  async function doubt() {
    if (!(await editor.nextDoubt(chosen?.isConnected ? chosen : null, places.media?.currentTime))) {
      noDoubt();
    }
  }

  function choose(item) {
    chosen?.classList.remove("chosen");
    chosen = item;
    item.classList.add("chosen");
    if (tools.parentElement !== item) {
      item.append(tools);
    }
    tools.hidden = !bar.classList.contains("on");
    show();
  }

  function show() {
    const isChecked = chosen?.hasAttribute("data-checked");
    tools.querySelector("[data-do=check]").setAttribute("aria-pressed", Boolean(isChecked));
    menu.querySelector("[data-do=revert]").disabled = !Number(chosen?.dataset.version);
  }

  function standing({ checked, of, speakers: names, can_undo: canUndo, can_redo: canRedo }) {
    const checking = document.getElementById("checking");
    checking.hidden = !checked;
    Object.assign(checking.querySelector("progress"), { max: of || 1, value: checked });
    checking.querySelector(".sum").textContent = counted(words.checking, checked, of);
    speakers.know(names);
    for (const [name, can] of [["undo", canUndo], ["redo", canRedo]]) {
      for (const button of can === undefined ? [] : document.querySelectorAll(`[data-do=${name}]`)) {
        button.disabled = !can;
      }
    }
  }

  const does = {
    edit: () => turn(!typing.isOn),
    undo: () => step("undo"),
    redo: () => step("redo"),
    doubt,
    replace: () => replace.ask(),
    changes: () => changes.ask(),
    rehear: () => rehear.ask(),
    check: () => editor.check(chosen),
    speak: () => speakers.ask(chosen),
    times: () => times.ask(chosen),
    revert: () => editor.revert(chosen),
  };
  for (const part of [bar, tools, menu, changes.dialog]) {
    part.addEventListener("click", ({ target }) => {
      const deed = does[target.closest("[data-do]")?.dataset.do];
      if (deed) {
        say("");
        deed();
      }
    });
  }
  for (const { dialog } of [speakers, replace, changes, rehear]) {
    dialog.querySelector("[data-do=close]").addEventListener("click", () => dialog.close());
  }
  for (const { dialog } of [replace, changes, rehear]) {
    dialog.addEventListener("close", () => bar.querySelector("summary").focus());
  }
  menu.addEventListener("click", () => menu.hidePopover());
  menu.addEventListener("beforetoggle", () => beside(menu, tools));
  pages.root.addEventListener("focusin", ({ target }) => {
    const item = target.closest("[data-line]");
    if (typing.isOn && item) {
      choose(item);
    }
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("textarea, input, select, [contenteditable], dialog");
    if (typing.isOn && !isTyping && (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase())) {
      event.preventDefault();
      step(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
    }
  });

  const state = document.getElementById("kept");
  editor.addEventListener("standing", ({ detail }) => standing(detail));
  editor.addEventListener("said", ({ detail }) => say(detail));
  editor.addEventListener("changed", () => {
    speakers.show();
    show();
  });
  editor.addEventListener("unsaved", () => {
    state.textContent = words.unsaved;
    say("");
  });
  editor.addEventListener("saved", () => (state.textContent = words.saved));
  editor.addEventListener("lost", () => say(words.lost));
  editor.addEventListener("conflict", ({ detail }) =>
    detail.item ? ask(detail) : say(detail.isStep ? words.stuck : words.changed),
  );

  bar.hidden = false;
  standing(opening);
  turn(Boolean(kept.read()));

  /* By a key: on to the line that is heard, or the first in view, or the first. */
  function toggle() {
    does.edit();
    const all = [...pages.root.querySelectorAll("[data-line]")];
    const shown = all.filter(isInView);
    const line = shown.find((item) => item.classList.contains("now")) ?? shown[0] ?? all[0];
    if (typing.isOn && line) {
      line.querySelector("[data-text]").focus();
    }
  }

  return {
    toggle,
    set wave(wave) {
      times.wave = wave;
    },
  };
}

function sayer(place) {
  let timer = 0;
  return (sentence) => {
    clearTimeout(timer);
    place.textContent = sentence;
    timer = setTimeout(() => (place.textContent = ""), SAID_MILLISECONDS);
  };
}

function counted(text, checked, of) {
  const language = document.documentElement.lang;
  return text.replace("{checked}", checked.toLocaleString(language)).replace("{of}", of.toLocaleString(language));
}

/* Under it, and in the window: it grows away from the side that it is near. */
function beside(menu, element) {
  const { bottom, left, right } = element.getBoundingClientRect();
  const isRight = left > window.innerWidth / 2;
  menu.style.top = `${Math.min(bottom, window.innerHeight - MENU_PIXELS)}px`;
  menu.style.left = isRight ? "auto" : `${left}px`;
  menu.style.right = isRight ? `${document.documentElement.clientWidth - right}px` : "auto";
}
