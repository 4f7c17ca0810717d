/**
 * The monitor's words, read from the page, so that every string stands in a template.
 */
export class Phrases {
  /** @type {Map<string, string>} */
  #phrases = new Map();
  /** @type {Map<string, { name: string, sentence: string }>} */
  #reasons = new Map();

  /** @param {HTMLElement} root with the templates `data-phrases` and `data-words` */
  constructor(root) {
    for (const entry of entries(root, "template[data-phrases]")) {
      this.#phrases.set(entry.value, entry.textContent ?? "");
    }
    for (const entry of entries(root, "template[data-words]")) {
      this.#reasons.set(entry.value, { name: entry.dataset.name ?? "", sentence: entry.textContent ?? "" });
    }
  }

  /**
   * The phrase `key` with its `{places}` filled.
   *
   * @param {string} key
   * @param {Record<string, string | number>} [places]
   */
  say(key, places = {}) {
    return (this.#phrases.get(key) ?? "").replace(/\{(\w+)\}/g, (_, place) => String(places[place] ?? ""));
  }

  /**
   * A reason's short name; its code where it has no words yet.
   *
   * @param {{ code: string, nats: number }} reason
   */
  reasonName(reason) {
    return this.#wordsOf(reason)?.name ?? reason.code;
  }

  /**
   * What speaks for the guest by its absence has words of its own.
   *
   * @param {{ code: string, nats: number }} reason
   */
  #wordsOf({ code, nats }) {
    return (nats < 0 ? this.#reasons.get(`${code}-`) : undefined) ?? this.#reasons.get(code);
  }

  /**
   * What follows the guest's name: the reason that weighs most in the band's direction.
   *
   * @param {string} band
   * @param {{ code: string, nats: number }[]} reasons
   */
  opening(band, reasons) {
    /** @param {{ nats: number }} reason */
    const weight = (reason) => (band === "low" ? -reason.nats : reason.nats);
    const heaviest = reasons.reduce((best, next) => (!best || weight(next) > weight(best) ? next : best), reasons[0]);
    return (heaviest && this.#wordsOf(heaviest)?.sentence) ?? this.say("opened");
  }

  /**
   * An answer in words.
   *
   * @param {{ attending: boolean | null, plus_ones?: { name: string | null }[], note?: string | null, pending?: boolean }} row
   */
  answer(row) {
    if (row.pending) return this.say("held");
    if (!row.attending) return row.note ? this.say("declined-note", { note: row.note }) : this.say("declined");
    const names = (row.plus_ones ?? []).map((one) => one.name ?? "").filter((name) => name !== "");
    if (names.length === 0) return this.say("coming");
    const key = names.length === 1 ? "coming-one" : "coming-many";
    return this.say(key, { n: names.length, names: names.join(", ") });
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} selector of a template that holds `<data>` elements
 */
function entries(root, selector) {
  const template = root.querySelector(selector);
  if (!(template instanceof HTMLTemplateElement)) return [];
  return [...template.content.querySelectorAll("data")];
}
