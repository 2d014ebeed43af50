/* Asks whether the server has a file already, so that it need not be sent. Whoever asks proves to have the file by the
   hash of some of its bytes that the server names. */

const WORKER = new URL("../hash-worker.js", import.meta.url);

/** The address of the transcript, or "" where the file has to be sent. Raises AbortError when `signal` says so. */
export async function known({ file, metadata, site, signal }) {
  if (file.size > Number(site.lookupBytes)) {
    return "";
  }
  const asked = await post(site.known, { sha256: await digest({ file }, signal), size_bytes: file.size }, site, signal);
  if (!asked) {
    return "";
  }
  const nonce = asked.nonce.match(/../g).map((pair) => Number.parseInt(pair, 16));
  const proof = await digest({ file, nonce, ranges: asked.ranges }, signal);
  const answer = { challenge: asked.challenge, proof, file_name: file.name, ...metadata };
  const proved = await post(site.prove, answer, site, signal);
  return proved?.url ?? "";
}

function digest(question, signal) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { type: "module" });
    const end = (settle, value) => {
      worker.terminate();
      settle(value);
    };
    signal.addEventListener("abort", () => end(reject, signal.reason), { once: true });
    worker.addEventListener("error", () => end(reject, new Error("the worker could not be started")));
    worker.addEventListener("message", ({ data }) => {
      if (data.error) {
        end(reject, new Error(data.error));
      } else {
        end(resolve, data.digest);
      }
    });
    worker.postMessage(question);
  });
}

/** The answer's JSON; null for every "no". */
async function post(address, body, site, signal) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": site.token };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal });
  return answer.ok && !answer.redirected ? answer.json() : null;
}
