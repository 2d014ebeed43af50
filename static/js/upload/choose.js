/* Files chosen, files dropped, and what stands in folders chosen or dropped. */

const RECORDING = /^(audio|video)\//;

/** `chosen` and `dropped` get files, `leftOut` the number of those in folders that are no recordings. */
export function choosing({ form, chosen, dropped, leftOut }) {
  const drop = form.querySelector(".drop");
  for (const button of form.querySelectorAll("[data-picks]")) {
    const picker = document.getElementById(button.dataset.picks);
    const isFolder = picker.webkitdirectory === true;
    button.hidden = isFolder && matchMedia("(pointer: coarse)").matches; // telephones show no folders to choose
    button.addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      give([...picker.files], chosen, isFolder);
      picker.value = "";
    });
  }
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    // The list of items is empty after the first wait.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = entries.length ? [] : [...event.dataTransfer.files];
    const folders = entries.filter((entry) => entry.isDirectory);
    give([...loose, ...(await all(entries.filter((entry) => entry.isFile)))], dropped);
    give(await all(folders), dropped, folders.length > 0);
  });

  function give(files, take, areOfAFolder = false) {
    const wanted = areOfAFolder ? files.filter((file) => RECORDING.test(file.type)) : files;
    if (wanted.length) {
      take(wanted);
    }
    if (wanted.length < files.length) {
      leftOut(files.length - wanted.length);
    }
  }
}

async function all(entries) {
  const files = [];
  for (const entry of entries) {
    files.push(...(entry.isDirectory ? await all(await children(entry)) : [await fileOf(entry)]));
  }
  return files;
}

function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives some at a time, until it gives none. */
async function children(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) {
      return found.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
    }
    found.push(...some);
  }
}
