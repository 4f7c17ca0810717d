/**
 * The menu of themes: the page changes at once, with all that is typed on it, and the server is told for the next one.
 * Without script the form does the same by loading the page again.
 *
 * @param {HTMLElement} form with a button for each theme
 */
export default function theme(form) {
  if (!(form instanceof HTMLFormElement)) return;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...form.querySelectorAll("button[name=theme]")]);
  const classes = buttons.map((button) => button.dataset.class ?? "").filter((name) => name !== "");

  form.addEventListener("submit", (event) => {
    const chosen = event.submitter;
    if (!(chosen instanceof HTMLButtonElement)) return;
    event.preventDefault();
    document.documentElement.classList.remove(...classes);
    if (chosen.dataset.class) document.documentElement.classList.add(chosen.dataset.class);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
    form.hidePopover();
    const fields = new URLSearchParams({ theme: chosen.value });
    const word = form.elements.namedItem("csrf");
    if (word instanceof HTMLInputElement) fields.set("csrf", word.value);
    // Where it is not taken, the next page looks as before: nothing to stop anybody for.
    fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => {});
  });
}
