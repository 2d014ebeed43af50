/* Follows a transcript while it is made: tells the page of its segments, and shows its status. The browser reconnects
   by itself and says the last event it saw. A tab that nobody sees only looks now and then, for its title: browsers
   allow a site few connections for all its tabs. */

const status = document.getElementById("status");
const connection = document.getElementById("connection");
const title = document.title;

const AGAIN_MILLISECONDS = 3000;
const HIDDEN_MILLISECONDS = 15_000;

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
      window.location.reload();
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

let latest = "";

function show(html) {
  latest = html;
  const focused = document.activeElement.closest("#status details");
  if (focused && document.activeElement.closest("form")) {
    // Somebody is about to press a button in there: afterwards.
    document.activeElement.addEventListener("blur", () => setTimeout(() => show(latest)), { once: true });
    return;
  }
  const open = [...status.querySelectorAll("details[open]")].map((details) => details.id);
  status.innerHTML = html;
  document.dispatchEvent(new Event("told"));
  for (const name of open) {
    document.getElementById(name)?.setAttribute("open", "");
  }
  if (focused) {
    document.getElementById(focused.id)?.querySelector("summary").focus();
  }
  const percent = status.querySelector(".percent");
  document.title = percent ? `${percent.textContent.trim()} ${title}` : title;
}
