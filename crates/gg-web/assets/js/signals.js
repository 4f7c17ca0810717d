/**
 * What the browser says of its device: components, each on its own, never one hash over all of them, so that
 * the server can weigh what has changed. Read quickly and quietly; what is not to be had is null.
 *
 * @typedef {object} Signals
 * @property {string | null} platform
 * @property {string | null} screen such as "390x844"
 * @property {number | null} pixel_ratio
 * @property {number | null} color_depth
 * @property {number | null} touch_points
 * @property {number | null} cores
 * @property {number | null} memory GiB
 * @property {string | null} timezone IANA
 * @property {number | null} tz_offset minutes east
 * @property {string[] | null} languages
 * @property {string | null} canvas
 * @property {string | null} audio
 * @property {string | null} fonts
 * @property {string | null} webgl_vendor
 * @property {string | null} webgl_renderer
 * @property {boolean | null} webdriver
 * @property {number | null} plugins
 */

/** The longest that the audio is waited for, in ms. */
const AUDIO_MS = 400;

/** @returns {Promise<Signals>} */
export async function signals() {
  const gl = attempt(webgl);
  return {
    platform: attempt(() => navigator.platform) || null,
    screen: attempt(() => `${screen.width}x${screen.height}`),
    pixel_ratio: attempt(() => Math.round(devicePixelRatio * 100) / 100),
    color_depth: attempt(() => screen.colorDepth),
    touch_points: attempt(() => navigator.maxTouchPoints),
    cores: attempt(() => navigator.hardwareConcurrency) ?? null,
    memory: attempt(() => /** @type {{ deviceMemory?: number }} */ (navigator).deviceMemory) ?? null,
    timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone) ?? null,
    tz_offset: attempt(() => -new Date().getTimezoneOffset()),
    languages: attempt(() => [...navigator.languages]),
    canvas: attempt(canvas),
    audio: await audio().catch(() => null),
    fonts: attempt(fonts),
    webgl_vendor: gl?.vendor ?? null,
    webgl_renderer: gl?.renderer ?? null,
    webdriver: attempt(() => navigator.webdriver === true),
    plugins: attempt(() => navigator.plugins.length),
  };
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | null}
 */
function attempt(read) {
  try {
    return read();
  } catch {
    return null;
  }
}

/**
 * 64 bits as hexadecimal: FNV-1a twice, from two starting values. It only has to tell devices apart, and must
 * give the same on plain http, where `crypto.subtle` is missing.
 *
 * @param {string} text
 */
function hash(text) {
  /** @param {number} start */
  const fnv = (start) => {
    let value = start;
    for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
    return (value >>> 0).toString(16).padStart(8, "0");
  };
  return fnv(0x811c9dc5) + fnv(0x9747b28c);
}

function drawing() {
  const element = document.createElement("canvas");
  element.width = 220;
  element.height = 48;
  const pen = element.getContext("2d");
  if (!pen) return null;
  pen.textBaseline = "alphabetic";
  pen.fillStyle = "#f60";
  pen.fillRect(100, 4, 70, 24);
  pen.fillStyle = "#069";
  pen.font = "15px Arial, sans-serif";
  pen.fillText("Zwölf Boxkämpfer, \u{1F389} 3.14", 4, 20);
  pen.fillStyle = "rgba(102, 204, 0, 0.6)";
  pen.font = "17px Georgia, serif";
  pen.fillText("Zwölf Boxkämpfer, \u{1F389} 3.14", 8, 38);
  pen.globalCompositeOperation = "multiply";
  pen.fillStyle = "#0ff";
  pen.beginPath();
  pen.arc(190, 24, 20, 0, Math.PI * 2);
  pen.fill();
  return element.toDataURL();
}

/** A browser that adds noise draws differently each time: then there is nothing to compare. */
function canvas() {
  const first = drawing();
  return first !== null && first === drawing() ? hash(first) : null;
}

async function audio() {
  const Offline = window.OfflineAudioContext;
  if (!Offline) return null;
  const context = new Offline(1, 4500, 44_100);
  const tone = context.createOscillator();
  const press = context.createDynamicsCompressor();
  tone.type = "triangle";
  tone.frequency.value = 10_000;
  press.threshold.value = -50;
  press.knee.value = 40;
  press.ratio.value = 12;
  press.attack.value = 0;
  press.release.value = 0.25;
  tone.connect(press);
  press.connect(context.destination);
  tone.start(0);
  const late = new Promise((resolve) => setTimeout(resolve, AUDIO_MS, null));
  const buffer = /** @type {AudioBuffer | null} */ (await Promise.race([context.startRendering(), late]));
  if (!buffer) return null;
  const sum = buffer.getChannelData(0).subarray(3000).reduce((total, sample) => total + Math.abs(sample), 0);
  return hash(sum.toFixed(6));
}

/** Faces that come with one system, one office suite or one language, and not with the others. */
const FACES = [
  "American Typewriter", "Andale Mono", "Arial Narrow", "Avenir Next", "Bahnschrift", "Calibri", "Cambria", "Candara",
  "Cantarell", "Century Gothic", "Consolas", "DejaVu Sans", "Droid Sans", "Futura", "Garamond", "Geeza Pro", "Geneva",
  "Gill Sans", "Helvetica Neue", "Hiragino Sans", "Leelawadee UI", "Liberation Sans", "Lucida Grande", "Malgun Gothic",
  "Menlo", "Microsoft YaHei", "MS Gothic", "Nirmala UI", "Noto Sans CJK JP", "Optima", "PingFang SC", "Roboto",
  "Sahadeva", "Segoe UI", "Segoe UI Emoji", "SF Pro Text", "Sitka", "Tahoma", "Ubuntu", "Verdana", "Yu Gothic", "Zapfino",
];

function fonts() {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return null;
  /** @param {string} face */
  const width = (face) => {
    pen.font = `72px ${face}`;
    return pen.measureText("mmMwWLliI0O&1").width;
  };
  const bases = ["monospace", "serif"].map((base) => ({ base, width: width(base) }));
  const found = FACES.filter((face) => bases.some((plain) => width(`"${face}", ${plain.base}`) !== plain.width));
  return hash(found.join(","));
}

function webgl() {
  const gl = document.createElement("canvas").getContext("webgl");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  const read = {
    vendor: gl ? String(gl.getParameter(info ? info.UNMASKED_VENDOR_WEBGL : gl.VENDOR)) : null,
    renderer: gl ? String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : null,
  };
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return read;
}
