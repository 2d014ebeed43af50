/* One box that checks all of the page. The list is put in anew now and then, so the box is looked for each time. */

document.addEventListener("change", (event) => {
  if (event.target.id === "choose-all") {
    for (const box of document.querySelectorAll("#history .pick")) {
      box.checked = event.target.checked;
    }
  }
});

document.addEventListener("htmx:load", show);
show();

/* What was pressed is gone with the list that it stood in: on to what was said, and the way back is next to it. */
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.requestConfig?.verb === "post" && document.activeElement === document.body) {
    document.getElementById("history-said").focus();
  }
});

/* For as long as the server does not answer. */
document.addEventListener("htmx:sendError", () => {
  const said = document.getElementById("history-said");
  said.replaceChildren(Object.assign(document.createElement("p"), { className: "undo lost", textContent: said.dataset.lost }));
});
document.addEventListener("htmx:beforeOnLoad", () => document.querySelector("#history-said .lost")?.remove());

/* Of another list nothing was said. */
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "history" && detail.elt.matches(".filters form")) {
    document.getElementById("history-said").replaceChildren();
  }
});

function show() {
  const all = document.querySelector("#history .all");
  if (all) {
    all.hidden = false;
  }
}
