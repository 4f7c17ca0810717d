/**
 * A button that copies the value of a field, and says so for a moment.
 *
 * @param {HTMLElement} button with `data-from`, the field's id
 */
export default function copy(button) {
  /** How long the button says that it has copied, in ms: long enough to read one word. */
  const SAID_MS = 1600;
  const idle = button.querySelector("[data-idle]");
  const done = button.querySelector("[data-done]");
  const field = document.getElementById(button.dataset.from ?? "");
  if (!(field instanceof HTMLInputElement) || !idle || !done) return;

  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    // The clipboard is there only in a secure context; a server on plain http has the older way.
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(field.value).then(
          () => true,
          () => false,
        )
      : document.execCommand("copy");
    if (!copied) return;
    idle.toggleAttribute("hidden", true);
    done.toggleAttribute("hidden", false);
    setTimeout(() => {
      idle.toggleAttribute("hidden", false);
      done.toggleAttribute("hidden", true);
    }, SAID_MS);
  });
}
