/* Printing gives all of the text, not only what has been looked at: by the usual keys, and by a button. */

export function printing(pages) {
  async function print() {
    await pages.everything();
    window.print();
  }

  document.documentElement.classList.add("scripted");
  document.addEventListener("keydown", (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "p";
    if (isAsked) {
      event.preventDefault();
      print();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-do=print]")) {
      print();
    }
  });
  window.addEventListener("afterprint", () => pages.asNeeded());
}
