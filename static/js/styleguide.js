/* Colours by their names, and the rows that scripts elsewhere make of templates. */

for (const swatch of document.querySelectorAll("[data-colour]")) {
  swatch.style.setProperty("--is", `var(--${swatch.dataset.colour})`);
}
const list = document.getElementById("uploads");
for (const template of document.querySelectorAll("template")) {
  const row = template.content.cloneNode(true);
  row.querySelector("[data-part=name]").textContent = list.dataset.name;
  list.append(row);
}
for (const bar of list.querySelectorAll("progress[hidden]")) {
  bar.hidden = false;
  bar.value = 0.4;
}
