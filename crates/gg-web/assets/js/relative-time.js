/**
 * Keeps `<time data-ago>` as people say it ("3 minutes ago") for a day; what is older stays as the server wrote it.
 */
export default function relativeTime() {
  /** How often the words are looked at again, in ms: nothing said is finer than a minute. */
  const AGAIN_MS = 30_000;
  const say = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

  const look = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const minutes = Math.round((Date.now() - Date.parse(time.getAttribute("datetime") ?? "")) / 60_000);
      if (!(minutes >= 0 && minutes < 24 * 60)) continue;
      time.textContent = minutes < 60 ? say.format(-minutes, "minute") : say.format(-Math.round(minutes / 60), "hour");
    }
  };
  look();
  setInterval(look, AGAIN_MS);
}
