/* Sentence by sentence, and word by word. Back within a second of a beginning means the one before. */

const BEGUN_SECONDS = 1;

export function jumps(media, pages, places) {
  async function sentence(step) {
    const here = await pages.at(media.currentTime);
    if (!here) {
      const first = pages.root.firstElementChild;
      await (first && pages.fill(first));
      places.seek(step > 0 ? Number(first?.firstElementChild.dataset.start ?? media.duration) : 0);
      return;
    }
    const hasBegun = media.currentTime - here.dataset.start > BEGUN_SECONDS;
    const there = step < 0 && hasBegun ? here : await pages.beside(here, step);
    if (there) {
      places.seek(Number(there.dataset.start));
    }
  }

  async function word(step) {
    let segment = await pages.at(media.currentTime);
    const words = (of) => [...(of?.querySelectorAll("span[data-start]") ?? [])];
    const isThere = (one) => (one.dataset.start - media.currentTime) * step > 0.05;
    let found = null;
    while (segment && !found) {
      found = step > 0 ? words(segment).find(isThere) : words(segment).findLast(isThere);
      segment = await pages.beside(segment, step);
    }
    if (found) {
      places.seek(Number(found.dataset.start));
    }
  }

  return {
    previous: () => sentence(-1),
    next: () => sentence(1),
    wordBack: () => word(-1),
    wordOn: () => word(1),
  };
}
