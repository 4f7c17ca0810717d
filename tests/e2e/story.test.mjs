// The main job, end to end, as people do it: an organiser makes her account, an event and a guest list, a guest opens
// his link and answers with a companion, she sees both arrive live, the server restarts, and the feed goes on with no
// gap and no repeat. Once on SQLite, once on PostgreSQL.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PATIENCE_MS, Person, launch } from "./browser.mjs";
import { Server } from "./server.mjs";
import { EVENT, SAYS, importGuests, linkOf, makeAccount, makeEvent } from "./steps.mjs";

const TEST_MS = 120_000;
let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

for (const database of ["sqlite", "postgres"]) {
  test(`the whole story on ${database}`, { timeout: TEST_MS }, async () => {
    const server = await Server.start(database);
    const people = [];
    const arrive = async (name, options) => {
      people.push(await Person.arrive(browser, name, options));
      return people.at(-1);
    };
    try {
      await story(server, arrive);
      people.forEach((person) => person.assertNoErrors());
    } catch (error) {
      const pictures = await Promise.all(people.map((person) => person.keepPicture(database)));
      throw new Error(`${error.message}\npictures: ${pictures.join(" ")}\nlog:\n${server.log()}`, { cause: error });
    } finally {
      await Promise.all(people.map((person) => person.context.close()));
      await server.discard();
    }
  });
}

async function story(server, arrive) {
  const ada = await arrive("ada");
  await makeAccount(ada, server.setupLink);
  const event = await makeEvent(ada, server.url);
  await importGuests(ada, event);
  const graceLink = await linkOf(ada, event, "Grace Hopper");
  const sorenLink = await linkOf(ada, event, "Søren Kierkegaard");

  await ada.page.goto(`${event}/live`);
  await isLive(ada);

  const grace = await arrive("grace", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await openAsAPerson(grace, graceLink);
  await shows(ada, /Grace Hopper/, /Verified/);
  await answerYes(grace, "Howard Aiken");
  await shows(ada, /Grace Hopper/, /Howard Aiken|\+ ?1|plus one|2 seats/i);
  const seen = await messages(ada);

  ada.isOffline = true;
  await server.restart();
  await isLive(ada);
  ada.isOffline = false;
  assert.equal(server.setupLink, null, "an account exists, so there is no setup link");

  const soren = await arrive("soren");
  await openAsAPerson(soren, sorenLink);
  await answerYes(soren);
  await shows(ada, /Søren Kierkegaard/, /Verified/);
  const seenAfter = await messages(ada);
  for (const message of seen) {
    assert.ok(seenAfter.includes(message), `after the restart the monitor lost: ${message}`);
  }
  assert.deepEqual(repeats(seenAfter), [], "after the restart the monitor repeats messages");

  // What the page showed live is what the record holds: a fresh look shows the same.
  await ada.page.reload();
  await isLive(ada);
  await shows(ada, /Søren Kierkegaard/, /Verified/);
  await shows(ada, /Grace Hopper/, /Verified/);
}

/** Opens the link and stays until the page itself has taken it for a human's: it says so by leaving the token behind. */
async function openAsAPerson({ page }, link) {
  const counted = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/invites/access"));
  await page.goto(link);
  await page.getByText(EVENT.name).first().waitFor();
  await page.mouse.move(100, 200);
  await page.mouse.down();
  await page.mouse.up();
  assert.equal((await counted).status(), 200);
  const token = link.split("/").at(-1);
  await page.waitForFunction((secret) => !location.href.includes(secret), token);
}

async function answerYes({ page }, companion) {
  await page.getByRole("radio", { name: SAYS.attending }).first().check();
  if (companion) {
    await page.getByRole("button", { name: SAYS.oneMore }).click();
    await page.getByLabel(SAYS.companion).first().fill(companion);
  }
  await page.getByRole("button", { name: SAYS.sendAnswer }).click();
  await page.getByText(SAYS.thanks).first().waitFor();
}

async function isLive({ page }) {
  await page.getByRole("status").filter({ hasText: SAYS.live }).waitFor({ timeout: 2 * PATIENCE_MS });
}

function feed(page) {
  return page.getByRole("log").or(page.getByRole("list", { name: SAYS.activity })).first().getByRole("listitem");
}

/** Waits until one message has all of these. */
async function shows({ page }, ...texts) {
  await texts.reduce((rows, text) => rows.filter({ hasText: text }), feed(page)).first().waitFor();
}

/** Every message on the monitor by its place in the feed. */
async function messages({ page }) {
  const rows = await feed(page).all();
  const places = await Promise.all(rows.map((row) => row.getAttribute("data-seq")));
  assert.ok(places.every(Boolean), "every message on the monitor has its data-seq");
  return places;
}

function repeats(list) {
  return list.filter((item, at) => list.indexOf(item) !== at);
}
