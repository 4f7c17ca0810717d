/**
 * The live feed's socket: goes on after the last `seq`, takes each message once, and comes back by itself.
 *
 * @typedef {{ type: string, event_id: string, payload: any, timestamp: string, seq: number, epoch?: string }} Envelope
 * @typedef {"connecting" | "catching-up" | "live" | "offline" | "refused"} State
 * @typedef {object} Listener
 * @property {(envelope: Envelope) => void} message each message of the event, in order, once
 * @property {() => void} resync messages may be missing or of another time: read the figures again
 * @property {(state: State, detail: { missed: number, since: Date }) => void} state
 * @property {() => Promise<number>} probe the status that the API gives this session, 0 where it is not reached
 */

/** The first wait before coming back, in ms; doubled with each failure. */
const WAIT_FIRST_MS = 400;
/** The longest wait, in ms: a server that restarts is found again within half a minute. */
const WAIT_MAX_MS = 30_000;
/** Silence after which what was missed has all arrived, in ms. */
const QUIET_MS = 350;
/** Statuses that no waiting changes. */
const REFUSALS = [401, 403, 404];
/** Close codes that say that there is nothing more to see: the event is gone, or the right to watch it. */
const ENDED_FROM = 4100;
const ENDED_TO = 4199;

export class Feed {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;
  #failures = 0;
  #missed = 0;
  #since = new Date();
  /** @type {State} */
  #state = "connecting";

  /**
   * @param {string} event its id
   * @param {number} after the last `seq` that the page holds
   * @param {string} epoch the feed's epoch that the page holds
   * @param {Listener} listener
   */
  constructor(event, after, epoch, listener) {
    this.event = event;
    this.after = after;
    this.epoch = epoch;
    this.listener = listener;
  }

  /** Connects, and stays connected. */
  start() {
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
    this.#connect();
  }

  #connect() {
    const url = new URL(`/ws/events/${this.event}`, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("after", String(this.after));
    if (this.epoch) url.searchParams.set("epoch", this.epoch);

    const socket = new WebSocket(url);
    let opened = false;
    this.#socket = socket;
    socket.addEventListener("open", () => {
      opened = true;
      this.#failures = 0;
      this.#missed = 0;
      this.#become("catching-up");
      this.#settle();
    });
    socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", async ({ code }) => {
      if (this.#socket !== socket) return;
      clearTimeout(this.#quiet);
      if (this.#state === "live" || this.#state === "catching-up") this.#since = new Date();
      if (code >= ENDED_FROM && code <= ENDED_TO) return this.#become("refused");
      this.#become("offline");
      // A refused upgrade looks like any failure here, so the API is asked what it was.
      if (!opened && REFUSALS.includes(await this.listener.probe())) return this.#become("refused");
      this.#wait();
    });
  }

  /** @param {Envelope} envelope */
  #take(envelope) {
    if (envelope.epoch) this.epoch = envelope.epoch;
    if (envelope.type === "resync") {
      // The position that the server names is where it goes on from, be it before or behind ours.
      const lost = envelope.seq !== this.after;
      this.after = envelope.seq;
      this.#missed = 0;
      this.#become("catching-up");
      if (lost) this.listener.resync();
    } else if (envelope.seq > this.after) {
      this.after = envelope.seq;
      if (this.#state === "catching-up") {
        this.#missed += 1;
        this.#become("catching-up");
      }
      this.listener.message(envelope);
    }
    if (this.#state === "catching-up") this.#settle();
  }

  #settle() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#become("live"), QUIET_MS);
  }

  #wait() {
    clearTimeout(this.#timer);
    const longest = Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Half fixed, half by chance: a thousand pages do not come back in the same moment.
    this.#timer = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
  }

  #hurry() {
    if (this.#state !== "offline" || this.#socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#connect();
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
    this.listener.state(state, { missed: this.#missed, since: this.#since });
  }
}
