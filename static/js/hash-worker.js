/* The sha256 of a file, read piece by piece beside the page; and of a nonce followed by ranges of the file. */

import { sha256 } from "../vendor/@noble/hashes/sha2.js";

const PIECE_BYTES = 4 * 1024 * 1024;

self.addEventListener("message", async ({ data: { file, nonce, ranges } }) => {
  try {
    self.postMessage({ digest: await digest(file, nonce ?? [], ranges ?? [[0, file.size]]) });
  } catch (error) {
    self.postMessage({ error: String(error) }); // the file was moved or changed meanwhile
  }
});

async function digest(file, nonce, ranges) {
  const hash = sha256.create().update(Uint8Array.from(nonce));
  for (const [start, end] of ranges) {
    for (let at = start; at < end; at += PIECE_BYTES) {
      hash.update(new Uint8Array(await file.slice(at, Math.min(end, at + PIECE_BYTES)).arrayBuffer()));
    }
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
