/* Speaks with the site about one text: every change says what was seen, and the answer says what has changed. */

export class Refused extends Error {}

export class Conflict extends Error {
  constructor(lines) {
    super("conflict");
    this.lines = lines;
  }
}

export class Server {
  /* base: the address of the lines, without a slash at the end. */
  constructor(base, token, change) {
    this.base = base;
    this.token = token;
    this.change = change;
    this.waiting = Promise.resolve();
  }

  page(since) {
    return this.#ask(`${this.base}?since=${since}`);
  }

  doubt(after) {
    return this.#ask(`${this.base}/doubt?after=${after}`);
  }

  changes(before = "") {
    return this.#ask(`${this.base}/changes?before=${before}`);
  }

  find(wanted) {
    return this.#post("find", wanted);
  }

  /* One after the other: what is typed next is over what the last answer said. values: a function, asked when it is
     its turn, or an object. */
  act(action, values = {}) {
    const turn = this.waiting.then(async () => {
      const given = typeof values === "function" ? values() : values;
      const answer = await this.#post(action, { change: this.change, ...given });
      this.change = Math.max(this.change, answer.change);
      return answer;
    });
    this.waiting = turn.catch(() => {});
    return turn;
  }

  /* Calls told with what others have changed, and ended when this is another text now. */
  follow(told, ended) {
    const source = new EventSource(`${this.base}/follow?change=${this.change}`);
    source.addEventListener("lines", (event) => {
      const found = JSON.parse(event.data);
      this.change = Math.max(this.change, found.change);
      told(found);
    });
    source.addEventListener("end", () => {
      source.close();
      ended();
    });
    return () => source.close();
  }

  async #post(action, values) {
    const body = new URLSearchParams(values);
    return this.#ask(`${this.base}/${action}`, { method: "POST", headers: { "X-CSRFToken": this.token }, body });
  }

  async #ask(address, options = {}) {
    const answer = await fetch(address, options);
    if (answer.status === 409) {
      throw new Conflict((await answer.json()).lines);
    }
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.status === 400 && isJson) {
      throw new Refused((await answer.json()).sentence);
    }
    if (!answer.ok || !isJson) {
      throw new Error(`${answer.status}`);
    }
    return answer.json();
  }
}
