/* Whoever has just sent a form is on their way to another page: this one does not come back before it. */

let isLeaving = false;

document.addEventListener("submit", (event) => {
  isLeaving = !event.defaultPrevented;
});

export function reload() {
  if (!isLeaving) {
    window.location.reload();
  }
}
