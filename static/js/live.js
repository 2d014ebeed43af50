/* Follows a transcript while it is made: tells the page of its segments, and shows its status. The browser reconnects
   by itself and says the last event it saw. A tab that nobody sees only looks now and then, for its title: browsers
   allow a site few connections for all its tabs. */

import { reload } from "./leave.js";

const status = document.getElementById("status");
const connection = document.getElementById("connection");
const title = document.title;

const AGAIN_MILLISECONDS = 3000;
const HIDDEN_MILLISECONDS = 15_000;
const LATER_MILLISECONDS = 500;

let seen = status.dataset.revision;
let source = null;
let again = 0;

document.addEventListener("visibilitychange", seenAgain);
follow();

function follow() {
  source = new EventSource(`${status.dataset.events}?since=${seen}`);

  source.addEventListener("segments", (event) => {
    document.dispatchEvent(new CustomEvent("segments", { detail: event.data }));
    seen = event.lastEventId;
  });

  source.addEventListener("status", (event) => {
    show(event.data);
    if (document.hidden) {
      later(HIDDEN_MILLISECONDS);
    }
  });

  source.addEventListener("end", (event) => {
    source.close();
    document.removeEventListener("visibilitychange", seenAgain);
    if (event.data) {
      show(event.data);
      document.title = title;
    } else {
      reload();
    }
  });

  source.addEventListener("open", () => {
    connection.textContent = "";
  });

  source.addEventListener("error", () => {
    connection.textContent = status.dataset.lost;
    if (source.readyState === EventSource.CLOSED) {
      later(AGAIN_MILLISECONDS); // the answer was an error, after which the browser does not come back by itself
    }
  });
}

function later(milliseconds) {
  source.close();
  again = setTimeout(follow, milliseconds);
}

function seenAgain() {
  if (!document.hidden && source.readyState === EventSource.CLOSED) {
    clearTimeout(again);
    follow();
  }
}

let waiting = 0;

function show(html) {
  clearTimeout(waiting);
  if (document.activeElement.closest("#status details form")) {
    waiting = setTimeout(() => show(html), LATER_MILLISECONDS); // somebody writes, or is about to press a button there
    return;
  }
  const open = [...status.querySelectorAll("details[open]")].map((details) => details.id);
  const written = filledIn();
  const focused = selectorOf(document.activeElement);
  status.innerHTML = html;
  document.dispatchEvent(new Event("told"));
  for (const name of open) {
    document.getElementById(name)?.setAttribute("open", "");
  }
  for (const [name, value] of written) {
    Object.assign(document.getElementById(name) ?? {}, { value });
  }
  if (focused) {
    status.querySelector(focused)?.focus();
  }
  const percent = status.querySelector(".percent");
  document.title = percent ? `${percent.textContent.trim()} ${title}` : title;
}

/* Names and values of the fields that are not as the server has them; of what is chosen it does not say how it was. */
function filledIn() {
  const fields = [...status.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.filter((field) => field.value !== field.defaultValue).map(({ id, value }) => [id, value]);
}

/* By which what has the focus is found again in what comes in its place. */
function selectorOf(element) {
  if (!status.contains(element)) {
    return "";
  }
  const form = element.closest("form");
  if (form) {
    return `form[action="${form.getAttribute("action")}"] [type=submit]`;
  }
  return element.matches("a") ? `a[href="${element.getAttribute("href")}"]` : `#${element.closest("details").id} > summary`;
}
