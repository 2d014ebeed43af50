/* Says how long the files that are chosen, and not yet sent, will take. The browser reads their length; where it cannot, nothing is said. */

const form = document.getElementById("upload");
const preset = document.getElementById("preset");
const said = document.getElementById("forecast");

let asked = 0;
let files = [];

form.addEventListener("chosen", (event) => {
  files = event.detail;
  foretell();
});
preset.addEventListener("change", foretell);

async function foretell() {
  const question = clear();
  let seconds = 0;
  for (const file of files) {
    const length = await lengthOf(file);
    if (!length) {
      return;
    }
    seconds += length;
  }
  if (!seconds || question !== asked) {
    return;
  }
  const query = new URLSearchParams({ seconds: seconds.toFixed(1), preset: preset.value });
  const answer = await fetch(`${said.dataset.address}?${query}`);
  const text = answer.ok && !answer.redirected ? await answer.text() : "";
  if (question === asked) {
    said.textContent = text;
  }
}

function clear() {
  said.textContent = "";
  asked += 1;
  return asked;
}

function lengthOf(file) {
  return new Promise((resolve) => {
    const sound = document.createElement("audio");
    const address = URL.createObjectURL(file);
    const done = () => {
      URL.revokeObjectURL(address);
      resolve(Number.isFinite(sound.duration) ? sound.duration : 0);
    };
    sound.addEventListener("loadedmetadata", done);
    sound.addEventListener("error", done);
    sound.preload = "metadata";
    sound.src = address;
  });
}
