/**
 * The parts of a row in the monitor's stream, drawn with the page's own templates.
 */

/**
 * A row with nothing in it.
 *
 * @param {HTMLElement} root the monitor
 */
export function blankRow(root) {
  const template = root.querySelector("template[data-row-template]");
  if (!(template instanceof HTMLTemplateElement)) return null;
  const row = template.content.querySelector("li")?.cloneNode(true);
  return row instanceof HTMLElement ? row : null;
}

/**
 * Gives a row its badge and its colour.
 *
 * @param {HTMLElement} root the monitor
 * @param {HTMLElement} row
 * @param {string} key a band or a standing
 */
export function setBadge(root, row, key) {
  const template = root.querySelector("template[data-badges]");
  if (!(template instanceof HTMLTemplateElement)) return;
  const found = template.content.querySelector(`[data-badge="${CSS.escape(key)}"]`);
  if (!(found instanceof HTMLElement) || !found.firstElementChild) return;
  slot(row, "badge").replaceChildren(found.firstElementChild.cloneNode(true));
  row.classList.remove("band-low", "band-medium", "band-high", "band-block");
  if (found.dataset.class) row.classList.add(found.dataset.class);
}

/**
 * The part of a row or a sheet that takes a text.
 *
 * @param {HTMLElement} row
 * @param {string} name
 */
export function slot(row, name) {
  return /** @type {HTMLElement} */ (row.querySelector(`[data-slot="${name}"]`));
}

/**
 * A figure that changes rolls once into place.
 *
 * @param {HTMLElement} figure
 * @param {string} value
 */
export function roll(figure, value) {
  if (figure.textContent === value) return;
  const fresh = document.createElement("span");
  fresh.className = "rolled";
  fresh.textContent = value;
  figure.replaceChildren(fresh);
}

/**
 * The small bar of a row, as `LiveRow::balance` draws it.
 *
 * @param {HTMLElement} row
 * @param {{ nats: number }[]} reasons
 */
export function setBalance(row, reasons) {
  const [LENGTH, WIDTH, GAP, NATS_MAX] = [54, 56, 2, 4];
  /** @param {boolean} against */
  const sum = (against) =>
    reasons.filter(({ nats }) => nats > 0 === against).reduce((total, { nats }) => total + Math.abs(nats), 0);
  const [speaksFor, speaksAgainst] = [sum(false), sum(true)];
  const all = speaksFor + speaksAgainst;
  const length = all === 0 ? 0 : LENGTH * Math.max(0.5, Math.min(1, all / NATS_MAX));
  const [forWidth, againstWidth] = [speaksFor, speaksAgainst].map((part) => Math.round((length * part) / (all || 1)));
  const [forBar, againstBar] = row.querySelectorAll(".live-balance rect");
  const againstX = WIDTH - (againstWidth ?? 0);
  againstBar?.setAttribute("x", String(againstX));
  againstBar?.setAttribute("width", String(againstWidth));
  forBar?.setAttribute("x", String(Math.max(0, againstX - (forWidth ?? 0) - GAP)));
  forBar?.setAttribute("width", String(forWidth));
}
