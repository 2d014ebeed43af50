/* Sizes and times in the page's language, and sentences with their places filled. */

const LANGUAGE = document.documentElement.lang;
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** As the server counts them: a kilobyte has 1,024 bytes. */
export function size(bytes) {
  const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10));
  return unit(bytes / 1024 ** power, SIZES[power], power > 1 ? 1 : 0, "short");
}

export function duration(seconds) {
  if (seconds < 60) {
    return unit(Math.max(1, Math.ceil(seconds)), "second", 0, "long");
  }
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = unit(minutes % 60, "minute", 0, "long");
  return hours ? `${unit(hours, "hour", 0, "long")} ${rest}` : rest;
}

export function date(iso) {
  return new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** "{sent} of {size}" with its places filled. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function unit(value, name, digits, display) {
  const format = { style: "unit", unit: name, unitDisplay: display, maximumFractionDigits: digits };
  return new Intl.NumberFormat(LANGUAGE, format).format(value);
}
