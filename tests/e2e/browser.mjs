// Chromium, and pages that notice what people would not: errors of scripts and refusals of the content policy.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";

/** What a page may take to show something that it was promised. */
export const PATIENCE_MS = 10_000;

const RESULTS = join(import.meta.dirname, "results");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The people of the story drive their browsers themselves: a driven one says so, and is told apart.
  "--disable-blink-features=AutomationControlled",
];

export async function launch() {
  return chromium.launch({ executablePath: program(), args: FLAGS });
}

/** A person: a browser context of her own with one page, and the errors that it met. */
export class Person {
  errors = [];

  static async arrive(browser, name, options = {}) {
    const person = new Person();
    person.name = name;
    person.context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
    person.context.setDefaultTimeout(PATIENCE_MS);
    person.page = await person.context.newPage();
    person.page.on("pageerror", (error) => person.errors.push(String(error)));
    person.page.on("console", (message) => {
      if (message.type() === "error" && !person.#isExpected(message.text())) person.errors.push(message.text());
    });
    return person;
  }

  /** While the server is down, a page may say that it cannot reach it. */
  isOffline = false;

  /** A page that refuses something is an answer with a status that the browser notes. */
  isRefused = false;

  #isExpected(text) {
    if (this.isRefused && /status of 4(03|22)/.test(text)) return true;
    return this.isOffline && /ERR_CONNECTION_(REFUSED|RESET)|WebSocket connection|Failed to fetch/.test(text);
  }

  /** Fails when scripts failed or the content policy refused something. */
  assertNoErrors() {
    assert.deepEqual(this.errors, [], `${this.name}'s page met errors`);
  }

  /** Keeps a picture of the page for whoever looks at a failed test. */
  async keepPicture(test) {
    await mkdir(RESULTS, { recursive: true });
    const path = join(RESULTS, `${test}-${this.name}.png`.replaceAll(/[^\w.-]/g, "_"));
    await this.page.screenshot({ path, fullPage: true }).catch(() => {});
    return path;
  }
}

function program() {
  if (process.env.GUESTGUARD_TEST_CHROMIUM) return process.env.GUESTGUARD_TEST_CHROMIUM;
  try {
    return execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  } catch {
    throw new Error("chromium is missing and the tests need it: scripts/tools chromium");
  }
}
