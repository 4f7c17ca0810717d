/**
 * Finds the islands of a page and loads each one's module. A page is whole without any of them: an island
 * only improves the element that names it with `data-island`.
 */

/** @typedef {{ default: (element: HTMLElement) => void }} Island */

/** @type {Record<string, () => Promise<Island>>} */
const islands = {
  copy: () => import("./copy.js"),
  "event-preview": () => import("./event-preview.js"),
  "file-drop": () => import("./file-drop.js"),
  invite: () => import("./invite.js"),
  "live-monitor": () => import("./live-monitor.js"),
  search: () => import("./search.js"),
  story: () => import("./story.js"),
  theme: () => import("./theme.js"),
};

document.documentElement.classList.add("js");

for (const element of document.querySelectorAll("[data-island]")) {
  if (!(element instanceof HTMLElement)) continue;
  const load = islands[element.dataset.island ?? ""];
  if (load) load().then((island) => island.default(element));
}

if (document.querySelector("time[data-ago]")) import("./relative-time.js").then((module) => module.default());
