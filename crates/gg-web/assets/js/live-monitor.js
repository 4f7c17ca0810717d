/**
 * The live monitor: draws what the feed brings with the page's own templates, filters, and takes the
 * organiser's word. Names and notes come from people: they are set as text, never as markup.
 */
import { Feed } from "./feed.js";
import { blankRow, roll, setBadge, setBalance, slot } from "./live-row.js";
import { Phrases } from "./phrases.js";
import { Sheet } from "./live-sheet.js";

/** Rows kept in the page; older ones are on the guests' own pages. */
const ROWS_MAX = 400;
/** Between two looks at the figures, in ms: a burst of answers asks once. */
const FIGURES_MS = 700;
/** The bands that wait for the organiser's word. */
const NEEDS = ["high", "block"];

/** @param {HTMLElement} root */
export default function liveMonitor(root) {
  new Monitor(root).start();
}

class Monitor {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.event = root.dataset.event ?? "";
    this.csrf = root.dataset.csrf ?? "";
    this.phrases = new Phrases(root);
    this.rows = /** @type {HTMLElement} */ (root.querySelector("[data-rows]"));
    this.sheet = new Sheet(root, this.phrases);
    this.clock = new Intl.DateTimeFormat("en-GB", {
      timeStyle: "medium",
      timeZone: root.dataset.zone || undefined,
    });
    this.day = new Intl.DateTimeFormat("en-GB", {
      day: "numeric",
      month: "short",
      timeZone: root.dataset.zone || undefined,
    });
    this.filter = "all";
    this.paused = false;
    /** @type {import("./feed.js").Envelope[]} */
    this.held = [];
    /** Accesses on which the organiser has given a word: they need none again. @type {Set<string>} */
    this.labelled = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.figuresTimer = undefined;
  }

  start() {
    this.root.querySelectorAll("[data-chip]").forEach((chip) => {
      chip.addEventListener("click", () => this.show(/** @type {HTMLElement} */ (chip).dataset.chip ?? "all"));
    });
    this.root.querySelector("[data-pause]")?.addEventListener("click", () => this.pause(!this.paused));
    this.rows.addEventListener("click", (event) => this.chooseByClick(event));
    this.root.addEventListener("submit", (event) => this.label(event));
    this.root.addEventListener("click", (event) => this.closeByClick(event));
    document.addEventListener("keydown", (event) => this.key(event));

    const after = Number(this.root.dataset.position ?? "0");
    new Feed(this.event, after, this.root.dataset.epoch ?? "", {
      message: (envelope) => (this.paused ? this.hold(envelope) : this.take(envelope)),
      resync: () => this.figures(),
      state: (state, detail) => this.pill(state, detail),
      probe: () => this.probe(),
    }).start();
  }

  /** @param {import("./feed.js").Envelope} envelope */
  take(envelope) {
    const { type, payload } = envelope;
    if (type === "access.checked") this.opening(envelope);
    else if (type === "rsvp.created" || type === "rsvp.updated") this.answer(envelope);
    if (type.startsWith("rsvp.") || type === "guest.created") this.figures();
    if (type === "rsvp.updated" && !payload.pending) this.settleGuest(payload.guest_id);
  }

  /** @param {import("./feed.js").Envelope} envelope */
  opening({ payload, seq, timestamp }) {
    const old = this.rows.querySelector(`[data-access="${CSS.escape(payload.access_id)}"][data-kind="opening"]`);
    if (payload.band === null) {
      // It was a machine after all: it leaves the stream and the counts.
      if (old instanceof HTMLElement) this.drop(old);
      return;
    }
    const row = old instanceof HTMLElement ? old : this.blank("opening", payload, seq, openedAt(payload.access_id, timestamp));
    if (!row) return;
    /** @type {{ code: string, nats: number }[]} */
    const reasons = payload.reasons ?? [];
    row.dataset.seq = String(seq);
    row.dataset.access = payload.access_id;
    row.dataset.reasons = reasons.map((reason) => `${reason.code}:${reason.nats}`).join(" ");
    // What was judged later stays degraded, and has reasons of its own.
    row.dataset.degraded = String(reasons.some((reason) => reason.code === "DEGRADED"));
    row.dataset.band = payload.band;
    setBadge(this.root, row, payload.band);
    slot(row, "sentence").textContent = this.phrases.opening(payload.band, reasons);
    setBalance(row, reasons);
    const link = row.querySelector("a");
    if (link) link.href = `?open=${encodeURIComponent(payload.access_id)}#sheet`;
    this.needs(row, NEEDS.includes(payload.band) && !this.labelled.has(payload.access_id));
    if (old === null) this.add(row);
    else if (this.sheet.shows(payload.access_id)) this.sheet.fill(row);
  }

  /** @param {import("./feed.js").Envelope} envelope */
  answer({ payload, seq, timestamp }) {
    const row = this.blank("answer", payload, seq, timestamp);
    if (!row) return;
    setBadge(this.root, row, payload.pending ? "held" : payload.attending ? "coming" : "declined");
    slot(row, "sentence").textContent = this.phrases.answer(payload);
    setBalance(row, []);
    const link = row.querySelector("a");
    if (link) link.href = `/guests/${encodeURIComponent(payload.guest_id)}`;
    this.needs(row, payload.pending === true);
    this.add(row);
  }

  /**
   * @param {string} kind
   * @param {{ guest_id: string, guest_name: string | null }} payload
   * @param {number} seq
   * @param {string} timestamp
   */
  blank(kind, payload, seq, timestamp) {
    const row = blankRow(this.root);
    if (!row) return null;
    row.dataset.kind = kind;
    row.dataset.seq = String(seq);
    row.dataset.guest = payload.guest_id;
    row.dataset.needs = "false";
    slot(row, "name").textContent = payload.guest_name ?? this.phrases.say("erased");
    const time = row.querySelector("time");
    if (time) {
      time.textContent = this.said(new Date(timestamp));
      time.dateTime = time.title = timestamp;
    }
    return row;
  }

  /** The time of day, with the day where it was not today: as the server writes it. @param {Date} at */
  said(at) {
    const day = this.day.format(at);
    const time = this.clock.format(at);
    return day === this.day.format(new Date()) ? time : `${day} ${time.slice(0, 5)}`;
  }

  /** @param {HTMLElement} row */
  add(row) {
    row.classList.add("fresh");
    // What happened last stands first; an opening of yesterday that is judged again takes its own place.
    const at = happened(row);
    const older = [...this.rows.children].find((other) => happened(other) <= at);
    this.rows.insertBefore(row, older ?? null);
    this.count("all", 1);
    this.count(row.dataset.kind ?? "", 1);
    while (this.rows.children.length > ROWS_MAX) this.rows.lastElementChild?.remove();
    this.empty();
  }

  /** @param {HTMLElement} row */
  drop(row) {
    this.needs(row, false);
    this.count("all", -1);
    this.count(row.dataset.kind ?? "", -1);
    row.remove();
    this.empty();
  }

  /**
   * @param {HTMLElement} row
   * @param {boolean} needs
   */
  needs(row, needs) {
    const before = row.dataset.needs === "true";
    row.dataset.needs = String(needs);
    if (before !== needs) this.count("needs", needs ? 1 : -1);
  }

  /** A guest's answer is decided: what waited for it waits no longer. @param {string} guest */
  settleGuest(guest) {
    const waiting = `[data-guest="${CSS.escape(guest)}"][data-kind="answer"][data-needs="true"]`;
    for (const row of this.rows.querySelectorAll(waiting)) this.needs(/** @type {HTMLElement} */ (row), false);
  }

  /**
   * @param {string} name
   * @param {number} by
   */
  count(name, by) {
    const counter = this.root.querySelector(`[data-count="${name}"]`);
    if (!counter) return;
    const count = Math.max(0, Number(counter.textContent) + by);
    counter.textContent = String(count);
    if (name === "needs") counter.closest("[data-chip]")?.toggleAttribute("data-none", count === 0);
  }

  /** Reads the figures again, a little later, once for all that has just come. */
  figures() {
    clearTimeout(this.figuresTimer);
    this.figuresTimer = setTimeout(async () => {
      const answer = await fetch(`/api/v1/events/${this.event}/summary`).catch(() => null);
      if (!answer?.ok) return;
      /** @type {Record<string, number>} */
      const summary = await answer.json();
      for (const figure of this.root.querySelectorAll("[data-figure]")) {
        const value = summary[/** @type {HTMLElement} */ (figure).dataset.figure ?? ""];
        if (value !== undefined) roll(/** @type {HTMLElement} */ (figure), String(value));
      }
      for (const noun of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-noun-of]"))) {
        const value = summary[noun.dataset.nounOf ?? ""];
        if (value !== undefined) noun.textContent = (value === 1 ? noun.dataset.one : noun.dataset.many) ?? "";
      }
      const meter = this.root.querySelector("[data-meter]");
      if (meter instanceof HTMLProgressElement && summary.seats !== undefined) meter.value = summary.seats;
    }, FIGURES_MS);
  }

  async probe() {
    const answer = await fetch(`/api/v1/events/${this.event}/summary`).catch(() => null);
    return answer?.status ?? 0;
  }

  /**
   * @param {import("./feed.js").State} state
   * @param {{ missed: number, since: Date }} detail
   */
  pill(state, { missed, since }) {
    const pill = document.querySelector("[data-pill]");
    const text = document.querySelector("[data-pill-text]");
    if (!(pill instanceof HTMLElement) || !text) return;
    pill.hidden = false;
    pill.dataset.state = state === "refused" ? "offline" : state;
    const time = this.clock.format(since).slice(0, 5);
    // Nothing missed is nothing to say: a first connection goes straight to Live.
    const key = state === "catching-up" && missed === 0 ? "connecting" : state;
    text.textContent = this.phrases.say(key, { n: missed, time });
  }

  /** @param {string} filter */
  show(filter) {
    this.filter = filter;
    this.rows.dataset.show = filter;
    for (const chip of this.root.querySelectorAll("[data-chip]")) {
      chip.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (chip).dataset.chip === filter));
    }
    this.empty();
  }

  /** Says so where the filter leaves nothing. */
  empty() {
    const block = this.root.querySelector("[data-empty]");
    const title = this.root.querySelector("[data-empty-title]");
    if (!(block instanceof HTMLElement)) return;
    block.hidden = this.visible().length > 0;
    if (title && this.rows.children.length > 0) title.textContent = this.phrases.say("empty-filter");
  }

  /** The rows that the filter leaves, in order. */
  visible() {
    const all = /** @type {HTMLElement[]} */ ([...this.rows.children]);
    if (this.filter === "all") return all;
    if (this.filter === "needs") return all.filter((row) => row.dataset.needs === "true");
    return all.filter((row) => row.dataset.kind === this.filter);
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.paused = paused;
    const button = this.root.querySelector("[data-pause]");
    button?.setAttribute("aria-pressed", String(paused));
    button?.querySelector("[data-pause-off]")?.toggleAttribute("hidden", paused);
    button?.querySelector("[data-pause-on]")?.toggleAttribute("hidden", !paused);
    if (!paused) for (const envelope of this.held.splice(0)) this.take(envelope);
    this.heldCount();
  }

  /** @param {import("./feed.js").Envelope} envelope */
  hold(envelope) {
    this.held.push(envelope);
    // Older ones would leave the page anyway.
    if (this.held.length > ROWS_MAX) this.held.shift();
    this.heldCount();
  }

  heldCount() {
    const count = this.root.querySelector("[data-held]");
    if (count) count.textContent = this.held.length > 0 ? String(this.held.length) : "";
  }

  /** @param {Event} event */
  chooseByClick(event) {
    const row = event.target instanceof Element ? event.target.closest("li") : null;
    const modified = event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (!row || modified || row.dataset.kind !== "opening") return;
    event.preventDefault();
    this.choose(row);
  }

  /** @param {HTMLElement} row */
  choose(row) {
    // Closing takes the mark from whatever row was chosen, so it comes first.
    this.sheet.close();
    if (row.dataset.kind === "opening") this.sheet.fill(row);
    row.classList.add("chosen");
    row.scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  closeByClick(event) {
    if (!(event.target instanceof Element) || !event.target.closest("[data-close]")) return;
    event.preventDefault();
    this.sheet.close();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      this.move(event.key === "j" ? 1 : -1);
    } else if (event.key === "Escape") {
      this.sheet.close();
    } else {
      this.sheet.act(event.key);
    }
  }

  /** @param {number} by */
  move(by) {
    const rows = this.visible();
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.classList.contains("chosen"));
    const next = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by));
    const row = rows[next];
    if (row) this.choose(row);
  }

  /** @param {Event} event */
  async label(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-label-form]")) return;
    event.preventDefault();
    const button = event instanceof SubmitEvent ? event.submitter : null;
    const access = this.sheet.access();
    if (!(button instanceof HTMLButtonElement) || !access || button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    const answer = await fetch(`/api/v1/accesses/${encodeURIComponent(access)}/label`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": this.csrf },
      body: JSON.stringify({ label: button.value }),
    }).catch(() => null);
    button.ariaBusy = "false";
    if (!answer?.ok) return this.sheet.fail(this.phrases.say("label-failed"));
    this.labelled.add(access);
    this.labelTaken(access);
  }

  /** @param {string} access */
  labelTaken(access) {
    const say = this.root.querySelector("[data-say]");
    if (say) say.textContent = this.phrases.say("label-taken");
    const queue = this.visible();
    const at = queue.findIndex((row) => row.dataset.access === access);
    const next = this.filter === "needs" ? (queue[at + 1] ?? queue[at - 1]) : undefined;
    for (const row of this.rows.querySelectorAll(`[data-access="${CSS.escape(access)}"]`)) {
      this.needs(/** @type {HTMLElement} */ (row), false);
    }
    this.empty();
    if (next) this.choose(next);
    else this.sheet.close();
  }
}

/**
 * When an opening was: its id, a UUIDv7, begins with the moment. A message says when it was judged last.
 *
 * @param {string} access
 * @param {string} timestamp of the message
 */
function openedAt(access, timestamp) {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(access) ?? [];
  return high && low ? new Date(Number.parseInt(high + low, 16)).toISOString() : timestamp;
}

/** @param {Element} row */
function happened(row) {
  return Date.parse(row.querySelector("time")?.dateTime ?? "");
}
