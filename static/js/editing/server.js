/* Speaks with the site about one text: every change says what was seen, and the answer says what has changed. */

const AGAIN_MILLISECONDS = 3000;

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

  doubt(after) {
    return this.#ask(`${this.base}/doubt?after=${after}`);
  }

  changes(before = "") {
    return this.#ask(`${this.base}/changes?before=${before}`);
  }

  reheard() {
    return this.#ask(`${this.base}/rehear`);
  }

  rehear(wanted) {
    return this.#post("rehear", wanted);
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

  /* Calls told with what others have changed, and ended when this is another text now. A tab that nobody sees does not
     listen: browsers allow a site few connections for all its tabs. */
  follow(told, ended) {
    let source = null;
    let again = 0;
    const listen = () => {
      clearTimeout(again);
      source?.close();
      source = document.hidden ? null : new EventSource(`${this.base}/follow?change=${this.change}`);
      source?.addEventListener("lines", (event) => {
        const found = JSON.parse(event.data);
        if (found.change > this.change) {
          this.change = found.change;
          told(found);
        }
      });
      source?.addEventListener("end", (event) => {
        event.target.close();
        ended();
      });
      source?.addEventListener("error", (event) => {
        if (event.target.readyState === EventSource.CLOSED) {
          again = setTimeout(listen, AGAIN_MILLISECONDS); // an error, after which the browser does not come back
        }
      });
    };
    document.addEventListener("visibilitychange", listen);
    listen();
  }

  async #post(action, values) {
    const body = new URLSearchParams(values);
    const headers = { "X-CSRFToken": this.token };
    return this.#ask(`${this.base}/${action}`, { method: "POST", headers, body, keepalive: true });
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
