/* What is found lies over the text: it gives way to whoever follows a place, or turns to something else. */

const find = document.querySelector(".find");
const found = document.getElementById("found");
const field = document.getElementById("find");

for (const name of ["focus", "input"]) {
  field.addEventListener(name, () => (found.hidden = false));
}
for (const name of ["click", "focusin"]) {
  document.addEventListener(name, ({ target }) => {
    if (!find.contains(target)) {
      found.hidden = true;
    }
  });
}
field.addEventListener("keydown", (event) => {
  const first = found.querySelector("a");
  if (event.key === "Enter" && first && !event.isComposing) {
    event.preventDefault();
    first.click();
  }
});
find.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target !== field) {
    field.focus();
    found.hidden = true;
  }
});
