/* The text follows what is spoken, until the reader scrolls it out of view. The button, or going somewhere, brings it
   back. */

const OURS_MILLISECONDS = 1000; // a smooth scroll takes less

export function follow(media, pages, button) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let oursUntil = 0;
  let now = null;

  function set(isOn) {
    button.setAttribute("aria-pressed", isOn);
    if (isOn) {
      show();
    }
  }

  function isOn() {
    return button.getAttribute("aria-pressed") === "true";
  }

  function show() {
    if (!now || isInView(now)) {
      return;
    }
    oursUntil = performance.now() + OURS_MILLISECONDS;
    const isNear = Math.abs(now.getBoundingClientRect().top) < 2 * window.innerHeight;
    now.scrollIntoView({ block: "center", behavior: calm.matches || !isNear ? "auto" : "smooth" });
  }

  pages.addEventListener("now", (event) => {
    now = event.detail;
    if (isOn() && !media.paused) {
      show();
    }
  });
  pages.addEventListener("sought", () => set(true));
  window.addEventListener(
    "scroll",
    () => {
      if (isOn() && !media.paused && now && performance.now() > oursUntil && !isInView(now)) {
        set(false);
      }
    },
    { passive: true },
  );
  return async () => {
    if (!isOn()) {
      now = (await pages.at(media.currentTime)) ?? now;
    }
    set(!isOn());
  };
}

/* Above the player, where that is docked below. */
export function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const dock = document.querySelector(".dock").getBoundingClientRect();
  const end = dock.bottom >= window.innerHeight && dock.width > window.innerWidth / 2 ? dock.top : window.innerHeight;
  return element.isConnected && bottom > 0 && top < end;
}
