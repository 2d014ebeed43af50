/* Panels that open under a button, <details class="drawer">: Escape, and turning to something else, closes them. */

for (const name of ["click", "focusin"]) {
  document.addEventListener(name, ({ target }) => close((drawer) => !drawer.contains(target)));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) {
    for (const drawer of close(() => true)) {
      drawer.querySelector("summary").focus();
    }
  }
});

function close(which) {
  const closed = [...document.querySelectorAll("details.drawer[open]")].filter(which);
  for (const drawer of closed) {
    drawer.open = false;
  }
  return closed;
}
