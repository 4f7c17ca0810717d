/**
 * Answers while somebody types: asks for the same page with the words typed, and takes its list.
 * The server keeps the one renderer; without script the form does the same with Return.
 *
 * @param {HTMLElement} form with `data-list`, the id of what is replaced
 */
export default function search(form) {
  /** Between the last letter and the question, in ms: under a pause in typing, over a letter. */
  const PAUSE_MS = 160;
  const listId = form.dataset.list ?? "";
  if (!(form instanceof HTMLFormElement) || !document.getElementById(listId)) return;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  /** @type {AbortController | undefined} */
  let asked;

  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    ask();
  });

  async function ask() {
    if (!(form instanceof HTMLFormElement)) return;
    const url = new URL(form.action);
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value !== "") url.searchParams.set(name, value);
    }
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(url, { signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(listId);
      // A page without the list is another page (a sign-in): go there in the open.
      if (!fresh) return location.assign(url);
      document.getElementById(listId)?.replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", url);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }
}
