/**
 * The sheet with one opening: the sentence first, then the evidence around its middle line, then what to do.
 */

import { slot } from "./live-row.js";

/** Half the width of an evidence chart, in its own units; `Evidence` in view.rs draws the same. */
const HALF = 60;
/** The evidence that fills half a chart. */
const NATS_MAX = 4;
/** Reasons named after the first in the sentence. */
const ALSO_MAX = 2;

export class Sheet {
  /**
   * @param {HTMLElement} root the monitor
   * @param {import("./phrases.js").Phrases} phrases
   */
  constructor(root, phrases) {
    this.root = root;
    this.phrases = phrases;
    this.sheet = /** @type {HTMLElement} */ (root.querySelector("[data-sheet]"));
    this.event = root.dataset.event ?? "";
  }

  /** The access that is shown; empty where none is. */
  access() {
    const body = this.sheet.querySelector("[data-sheet-body]");
    return body instanceof HTMLElement ? (body.dataset.access ?? "") : "";
  }

  /** @param {string} access */
  shows(access) {
    return this.access() === access;
  }

  /** @param {HTMLElement} row an opening's */
  fill(row) {
    const template = this.root.querySelector("template[data-sheet-template]");
    if (!(template instanceof HTMLTemplateElement)) return;
    const body = template.content.firstElementChild?.cloneNode(true);
    if (!(body instanceof HTMLElement)) return;

    const band = bandOf(row);
    const name = row.querySelector('[data-slot="name"]')?.textContent ?? "";
    const sentence = row.querySelector('[data-slot="sentence"]')?.textContent ?? "";
    const reasons = reasonsOf(row);
    body.className = `sheet-body band-${band}`;
    body.dataset.access = row.dataset.access ?? "";
    body.dataset.guest = row.dataset.guest ?? "";
    slot(body, "title").textContent = this.phrases.say(`title-${band}`, { name });
    slot(body, "sentence").textContent = this.sentence(row, band, name, sentence, reasons);
    const badge = row.querySelector('[data-slot="badge"]')?.firstElementChild;
    if (badge) slot(body, "badge").replaceChildren(badge.cloneNode(true));
    const time = row.querySelector("time");
    if (time) slot(body, "at").replaceChildren(time.cloneNode(true));
    this.evidence(slot(body, "evidence"), reasons);
    this.actions(body);

    this.sheet.replaceChildren(body);
    this.sheet.removeAttribute("data-closed");
  }

  /**
   * @param {HTMLElement} row
   * @param {string} band
   * @param {string} name
   * @param {string} sentence
   * @param {{ code: string, nats: number }[]} reasons
   */
  sentence(row, band, name, sentence, reasons) {
    const first = this.phrases.say("sentence", { name, sentence });
    if (row.dataset.degraded === "true") return `${first} ${this.phrases.say("degraded")}`;
    if (band === "low") return first;
    const others = reasons.filter((reason) => reason.nats > 0).sort((a, b) => b.nats - a.nats);
    const names = others.slice(1, 1 + ALSO_MAX).map((reason) => this.phrases.reasonName(reason).toLowerCase());
    return names.length > 0 ? `${first} ${this.phrases.say("also", { names: names.join(", ") })}` : first;
  }

  /**
   * @param {HTMLElement} block
   * @param {{ code: string, nats: number }[]} reasons
   */
  evidence(block, reasons) {
    const list = block.querySelector("ul");
    const blank = list?.querySelector("li");
    block.hidden = reasons.length === 0;
    if (!list || !blank) return;
    list.replaceChildren(
      ...reasons.map(({ code, nats }) => {
        const item = /** @type {HTMLElement} */ (blank.cloneNode(true));
        const figure = `${nats > 0 ? "+" : ""}${nats.toFixed(1)}`;
        const width = Math.max(2, Math.min(HALF, (Math.abs(nats) / NATS_MAX) * HALF));
        const bar = item.querySelector("rect");
        item.title = `${code} ${figure}`;
        /** @type {HTMLElement} */ (item.querySelector("span")).textContent = this.phrases.reasonName({ code, nats });
        item.querySelector("svg")?.setAttribute("aria-label", figure);
        bar?.setAttribute("x", (nats > 0 ? HALF : HALF - width).toFixed(1));
        bar?.setAttribute("width", width.toFixed(1));
        bar?.classList.toggle("against", nats > 0);
        return item;
      }),
    );
  }

  /** @param {HTMLElement} body */
  actions(body) {
    const guest = encodeURIComponent(body.dataset.guest ?? "");
    const access = encodeURIComponent(body.dataset.access ?? "");
    for (const verb of ["label", "trust"]) {
      const form = body.querySelector(`form[data-${verb}-form]`);
      if (form instanceof HTMLFormElement) form.action = `/events/${this.event}/accesses/${access}/${verb}`;
    }
    for (const link of body.querySelectorAll("a[data-to]")) {
      if (!(link instanceof HTMLAnchorElement)) continue;
      link.href = link.dataset.to === "guest" ? `/guests/${guest}` : `/guests/${guest}#${link.dataset.to}`;
    }
  }

  /** Does the action that the key stands beside. @param {string} key */
  act(key) {
    for (const button of this.sheet.querySelectorAll("form .btn")) {
      if (button.querySelector("kbd")?.textContent === key) /** @type {HTMLElement} */ (button).click();
    }
  }

  /** @param {string} text */
  fail(text) {
    const error = this.sheet.querySelector('[data-slot="error"]');
    if (!(error instanceof HTMLElement)) return;
    error.textContent = text;
    error.hidden = false;
  }

  close() {
    this.sheet.setAttribute("data-closed", "");
    const idle = this.root.querySelector("template[data-idle-template]");
    if (idle instanceof HTMLTemplateElement) this.sheet.replaceChildren(idle.content.cloneNode(true));
    this.root.querySelector(".live-row.chosen")?.classList.remove("chosen");
  }
}

/** @param {HTMLElement} row */
function bandOf(row) {
  return ["block", "high", "medium"].find((band) => row.classList.contains(`band-${band}`)) ?? "low";
}

/**
 * The reasons as a row carries them: `DEV_NEW:0.9 NET_HOME:-1.2`.
 *
 * @param {HTMLElement} row
 */
function reasonsOf(row) {
  return (row.dataset.reasons ?? "")
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const [code = "", nats = "0"] = word.split(":");
      return { code, nats: Number(nats) };
    })
    .sort((a, b) => b.nats - a.nats);
}
