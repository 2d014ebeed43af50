/* Says to screen readers what has happened, all of a few seconds at once. */

const TOGETHER_MILLISECONDS = 2000;
const MOST = 4; // sentences; the list itself has the others

const region = document.getElementById("upload-said");
let waiting = [];

export function announce(sentence) {
  if (!waiting.length) {
    setTimeout(say, TOGETHER_MILLISECONDS);
  }
  waiting.push(sentence);
}

function say() {
  region.textContent = waiting.slice(-MOST).join(" ");
  waiting = [];
}
