/* A segment's place among the others is by its time; what comes twice is known by its id, and the newer one stays. */

export function placeAll(html, list) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const segment of template.content.querySelectorAll("li")) {
    place(segment, list);
  }
}

function place(segment, list) {
  const there = document.getElementById(segment.id);
  if (there && Number(there.dataset.version) >= Number(segment.dataset.version)) {
    return;
  }
  there?.remove();
  const start = Number(segment.dataset.start);
  let before = list.lastElementChild;
  while (before && Number(before.dataset.start) > start) {
    before = before.previousElementSibling;
  }
  list.insertBefore(segment, before ? before.nextElementSibling : list.firstElementChild);
}

export { place };
