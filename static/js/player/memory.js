/* What this browser remembers under a name; nothing where it is not let. */

export function remembered(name) {
  const key = `transcribe-${name}`;
  return {
    read() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null; // storage is blocked: everything works but for this
      }
    },
    write(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // as above, or full
      }
    },
  };
}
