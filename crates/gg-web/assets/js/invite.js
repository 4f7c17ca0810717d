/**
 * The guest's page: tells the server, once, that a person has it open, and shows less at a time.
 *
 * A person is somebody who has touched the page, or before whom it has been visible for 1.5 seconds; the
 * server judges by the same rule. The answer itself stays a plain form post, with or without script.
 *
 * The token leaves the address bar once the opening has been taken. It must not stay in the history, in a
 * screenshot or in what a shared tablet completes; but a reload must still work. Keeping the token in
 * sessionStorage would hand it to any script of the page and to nobody's server; putting it behind `#`
 * would keep it in the bar. So the server sets a short-lived HttpOnly cookie with its answer and serves
 * `/invite` from it: the address holds no secret, and script cannot read the cookie. Where cookies are off,
 * the address stays as it is, since a working page is worth more than a short one.
 *
 * @typedef {import("./signals.js").Signals} Signals
 */
import { signals } from "./signals.js";

/** How long a page is seen before its viewer counts as a person, in ms; the server's own rule. */
const SEEN_MS = 1500;
/** Before the one second try, in ms. */
const AGAIN_MS = 2500;
/** How long an answer waits for its opening to be taken, in ms; without, the server makes one of the answer. */
const HOLD_MS = 1500;
/** The query under which the server leads on after an answer: whoever lands there has just been here. */
const SENT = "?sent";

/** @param {HTMLElement} main with `data-token` and `data-fingerprint` */
export default function invite(main) {
  party(main);
  carry(main);
  opening(main);
}

/**
 * What was typed of an answer goes along with the digits: they come first, and nobody types twice.
 *
 * @param {HTMLElement} main
 */
function carry(main) {
  main.addEventListener("submit", (event) => {
    const form = event.target;
    const answer = main.querySelector("form[data-answer]");
    if (!(form instanceof HTMLFormElement) || !(answer instanceof HTMLFormElement)) return;
    if (form.dataset.carry === undefined || form.elements.namedItem("attending")) return;
    const typed = new FormData(answer);
    if (!typed.has("attending")) return;
    for (const name of ["attending", "plus_one", "diet", "note"]) {
      for (const value of typed.getAll(name)) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
    }
  });
}

/** @param {HTMLElement} main */
function opening(main) {
  const seen = new SeenTime();
  let interacted = false;
  /** @type {Promise<void> | null} what is under way, once it is */
  let told = null;
  /** @type {Partial<Signals>} */
  let traits = {};
  if (main.dataset.fingerprint !== "off") {
    signals().then((read) => {
      traits = read;
    });
  }
  const all = () => ({ ...traits, visible_ms: seen.ms(), interacted });

  // An answer or a refusal that led here: the visit is known, and a second one would be somebody else's.
  if (location.search === SENT || main.dataset.told !== undefined) {
    leaveToken();
  } else {
    for (const act of ["pointerdown", "keydown", "input"]) {
      addEventListener(act, () => {
        interacted = true;
        tell();
      });
    }
    const waiting = setInterval(() => {
      if (seen.ms() >= SEEN_MS) tell();
      if (told) clearInterval(waiting);
    }, 100);
  }

  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (main.querySelectorAll("form[data-answer]"))) {
    let going = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (going) return;
      going = true;
      interacted = true;
      form.querySelector("button:not([type=button])")?.setAttribute("aria-busy", "true");
      tell();
      // The answer names its opening where there is one, so that both are one visit to the host.
      Promise.race([told, pause(HOLD_MS)]).then(() => {
        const field = form.querySelector("[data-signals]");
        if (field instanceof HTMLInputElement) field.value = JSON.stringify(all());
        form.submit();
      });
    });
  }
  // Back from the next page: the form can be sent again.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  function tell() {
    if (!told && document.visibilityState === "visible") told = open();
  }

  async function open() {
    const taken = (await send(main.dataset.token ?? "", all())) ?? (await again());
    if (!taken) return;
    decided(main, taken.decision);
    for (const field of main.querySelectorAll("[data-access-id]")) {
      if (field instanceof HTMLInputElement) field.value = taken.access_id;
    }
    // Whoever is taken for a machine has no page at /invite.
    if (taken.band !== null || taken.test) leaveToken();
  }

  async function again() {
    await pause(AGAIN_MS * (0.5 + Math.random()));
    return send(main.dataset.token ?? "", all());
  }
}

/**
 * What is done with this opening, before anything is typed in vain. The words stand in the page, and are those of the
 * answer that the form would get.
 *
 * @param {HTMLElement} main
 * @param {string} decision
 */
function decided(main, decision) {
  const template = main.querySelector(`template[data-decision="${CSS.escape(decision)}"]`);
  const forms = /** @type {HTMLElement[]} */ ([...main.querySelectorAll("form[data-answer]")]);
  if (!(template instanceof HTMLTemplateElement) || !forms[0]) return;
  if (decision === "hold") {
    for (const form of forms) form.prepend(template.content.cloneNode(true));
    return;
  }
  const places = forms.map((form) => /** @type {HTMLElement} */ (form.closest("details") ?? form));
  places[0]?.before(template.content.cloneNode(true));
  for (const place of places) place.hidden = true;
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function leaveToken() {
  if (navigator.cookieEnabled) history.replaceState(null, "", "/invite");
}

/**
 * @param {string} token
 * @param {object} read
 * @returns {Promise<{ access_id: string, decision: string, band: string | null, test?: boolean } | null>}
 */
async function send(token, read) {
  try {
    const answer = await fetch("/api/v1/invites/access", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, signals: read }),
      keepalive: true,
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** How long the page has been visible, together. */
class SeenTime {
  #before = 0;
  /** @type {number | null} */
  #since = document.visibilityState === "visible" ? performance.now() : null;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      this.#before = this.ms();
      this.#since = document.visibilityState === "visible" ? performance.now() : null;
    });
  }

  ms() {
    return Math.round(this.#before + (this.#since === null ? 0 : performance.now() - this.#since));
  }
}

/**
 * The stepper: as many name fields as guests are brought. Hidden fields are sent empty, so a name once
 * typed and stepped away from brings nobody.
 *
 * @param {HTMLElement} main
 */
function party(main) {
  for (const block of main.querySelectorAll("[data-party]")) {
    if (!(block instanceof HTMLElement)) continue;
    const fields = /** @type {HTMLElement[]} */ ([...block.querySelectorAll("[data-plus-one]")]);
    const count = block.querySelector("[data-bringing-count]");
    const fewer = /** @type {HTMLButtonElement | null} */ (block.querySelector("[data-fewer]"));
    const more = /** @type {HTMLButtonElement | null} */ (block.querySelector("[data-more]"));
    const named = fields.filter((field) => field.querySelector("input")?.value).length;
    let bringing = Math.max(named, Number(block.dataset.bringing ?? "0"));

    const show = () => {
      fields.forEach((field, at) => {
        field.hidden = at >= bringing;
        const input = field.querySelector("input");
        if (!input) return;
        input.required = at < bringing && main.querySelector('[name="attending"][value="no"]:checked') === null;
        if (at >= bringing) input.value = "";
      });
      if (count) count.textContent = String(bringing);
      if (fewer) fewer.disabled = bringing === 0;
      if (more) more.disabled = bringing === fields.length;
    };
    fewer?.addEventListener("click", () => {
      bringing = Math.max(0, bringing - 1);
      show();
    });
    more?.addEventListener("click", () => {
      bringing = Math.min(fields.length, bringing + 1);
      show();
      fields[bringing - 1]?.querySelector("input")?.focus();
    });
    // A field that is not seen must not ask to be filled.
    main.addEventListener("change", show);
    show();
  }
}
