/**
 * Shows an event as its guests will see it, while it is typed.
 *
 * @param {HTMLElement} root with the form and the `data-preview` elements
 */
export default function eventPreview(root) {
  const form = root.querySelector("form");
  if (!form) return;

  /** @param {string} name */
  const shown = (name) => root.querySelector(`[data-preview="${name}"]`);
  /** @param {string} name */
  const typed = (name) => {
    const field = form.elements.namedItem(name);
    return field instanceof HTMLInputElement ? field.value.trim() : "";
  };

  // Most events take place where they are planned. An empty zone takes the browser's own; anybody may change it.
  const zone = form.elements.namedItem("time_zone");
  if (zone instanceof HTMLInputElement && !zone.value) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }

  form.addEventListener("input", () => {
    const name = shown("name");
    if (name instanceof HTMLElement) name.textContent = typed("name") || (name.dataset.empty ?? "");
    const venue = shown("venue");
    if (venue) venue.textContent = typed("venue");
    const when = shown("when");
    if (when) when.textContent = said(typed("starts_at"));
  });
}

/**
 * A local moment as a guest reads it. The zone is the event's own, so none is applied.
 *
 * @param {string} local as `<input type="datetime-local">` gives it
 */
function said(local) {
  const moment = new Date(`${local}Z`);
  if (Number.isNaN(moment.getTime())) return "";
  const zone = /** @type {const} */ ({ timeZone: "UTC" });
  const day = new Intl.DateTimeFormat("en-GB", { ...zone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const time = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
  return `${day.format(moment).replace(",", "")}, ${time.format(moment)}`;
}
