/**
 * The landing's cards: they lean towards the pointer a little, and one after the other is told.
 *
 * @param {HTMLElement} stage with the cards
 */
export default function story(stage) {
  /** How far a card leans at most, in degrees. */
  const LEAN_DEG = 4;
  /** How long each card is told, in ms: long enough to read it twice. */
  const SCENE_MS = 3800;
  /** Three cards, then all of them. */
  const SCENES = 4;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;

  if (matchMedia("(hover: hover)").matches) {
    addEventListener(
      "pointermove",
      (event) => {
        const box = stage.getBoundingClientRect();
        /** @param {number} share */
        const lean = (share) => `${(Math.max(-1, Math.min(1, share)) * LEAN_DEG).toFixed(2)}deg`;
        // Set by script, not by markup, so that the page's policy allows it.
        stage.style.setProperty("--lean-x", lean((box.top + box.height / 2 - event.clientY) / innerHeight));
        stage.style.setProperty("--lean-y", lean((event.clientX - box.left - box.width / 2) / innerWidth));
      },
      { passive: true },
    );
  }

  let scene = 0;
  setInterval(() => {
    if (document.hidden) return;
    scene = (scene + 1) % SCENES;
    stage.dataset.now = String(scene);
  }, SCENE_MS);
}
