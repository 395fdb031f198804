// The stream of news: opens it, notices that it is lost, heals it, and says so.

const SILENCE_MS = 13000; // a beat comes every five seconds
const RETRY_MS = 2000;

export class Stream {
  #source = null;
  #url = null;
  #last = "";
  #heard = 0;
  #lostAt = null;
  #timer = null;
  #ever = false;

  // on: {parts(news, whole), state({lost, since, healed}), clock(ms)}
  constructor(on) {
    this.on = on;
    setInterval(() => this.#watch(), 1000);
  }

  open(url) {
    this.#url = url;
    this.#last = "";
    this.#ever = false;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const url = new URL(this.#url, location.href);
    if (this.#last) url.searchParams.set("last", this.#last);
    const source = new EventSource(url);
    this.#source = source;
    this.#heard = Date.now();
    source.addEventListener("hello", (event) => this.#hello(JSON.parse(event.data)));
    source.addEventListener("parts", (event) => {
      this.#heard = Date.now();
      this.#last = event.lastEventId;
      this.on.parts(JSON.parse(event.data));
    });
    source.addEventListener("beat", (event) => {
      this.#heard = Date.now();
      this.on.clock(JSON.parse(event.data).now_ms);
    });
    source.onerror = () => {
      if (source !== this.#source) return;
      this.#lost();
      if (source.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => this.#connect(), RETRY_MS);
    };
  }

  #hello(said) {
    this.#heard = Date.now();
    this.on.clock(said.now_ms);
    const since = this.#lostAt;
    this.#lostAt = null;
    this.on.state({ lost: false, healed: since && this.#ever ? Date.now() - since : null });
    this.#ever = true;
  }

  #lost() {
    this.#lostAt ??= Date.now();
    this.on.state({ lost: true, since: this.#lostAt, ever: this.#ever });
  }

  // A connection may hang without an error: then it is given up and made anew.
  #watch() {
    if (!this.#source || this.#source.readyState === EventSource.CLOSED) return;
    if (Date.now() - this.#heard > SILENCE_MS) {
      this.#lost();
      this.#connect();
    }
  }
}
