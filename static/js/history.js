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

function show() {
  const all = document.querySelector("#history .all");
  if (all) {
    all.hidden = false;
  }
}
