/* What has been recorded, kept in this browser until the server has it: a row for each recording, and its bytes in
   pieces, each with its place. */

const NAME = "recordings";
const MOST_BYTES = 1024 * 1024; // read at once

let opening = null;

export async function begin(recording) {
  const store = await rows("readwrite", NAME);
  await done(store[NAME].put(recording));
}

export async function change(id, fields) {
  const store = await rows("readwrite", NAME);
  const recording = await done(store[NAME].get(id));
  await done(store[NAME].put({ ...recording, ...fields }));
}

export async function all() {
  const store = await rows("readonly", NAME);
  return done(store[NAME].getAll());
}

export async function append(id, offset, blob) {
  const store = await rows("readwrite", "pieces");
  await done(store.pieces.put({ id, offset, blob }));
}

/* Its bytes from a place on, not more than a sender wants to send at once; an empty blob where there are none. */
export async function bytesFrom(id, offset) {
  const store = await rows("readonly", "pieces");
  const found = [];
  let place = offset;
  let size = 0;
  const before = await done(store.pieces.openCursor(IDBKeyRange.bound([id, 0], [id, offset]), "prev"));
  let key = before ? before.key : [id, offset];
  while (size < MOST_BYTES) {
    const piece = await done(store.pieces.get(key));
    if (!piece) {
      break;
    }
    const part = piece.blob.slice(place - piece.offset);
    found.push(part);
    size += part.size;
    place = piece.offset + piece.blob.size;
    key = [id, place];
  }
  return new Blob(found);
}

/* How many bytes there are: a browser that was closed in the middle has not told. */
export async function sizeOf(id) {
  const store = await rows("readonly", "pieces");
  const last = await done(store.pieces.openCursor(IDBKeyRange.bound([id, 0], [id, Infinity]), "prev"));
  return last ? last.value.offset + last.value.blob.size : 0;
}

export async function remove(id) {
  const store = await rows("readwrite", NAME, "pieces");
  store.pieces.delete(IDBKeyRange.bound([id, 0], [id, Infinity]));
  await done(store[NAME].delete(id));
}

async function rows(mode, ...names) {
  opening ??= open();
  const transaction = (await opening).transaction(names, mode);
  return Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
}

function open() {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore(NAME, { keyPath: "id" });
    request.result.createObjectStore("pieces", { keyPath: ["id", "offset"] });
  });
  return done(request);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
