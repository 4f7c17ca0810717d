// The main job, end to end, as people do it: an organiser makes her account, an event and a guest list, a guest opens
// his link and answers with a companion, she sees both arrive live, the server restarts, and the feed goes on with no
// gap and no repeat. Once on SQLite, once on PostgreSQL.
//
// What is looked for are roles and names, as a screen reader hears them: a page that loses them has broken.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PATIENCE_MS, Person, launch } from "./browser.mjs";
import { Server } from "./server.mjs";

const TEST_MS = 120_000;
const ORGANISER = { email: "ada@example.com", password: "correct horse battery staple" };
const EVENT = { name: "Midsummer Night", venue: "The Old Mill" };
const GUESTS = `Name,Email,Plus ones
Grace Hopper,grace@example.com,1
Søren Kierkegaard,soren@example.com,0
`;

/** Every name that the story looks for on a page, in one place. */
const SAYS = {
  email: /e-?mail/i,
  password: /^password/i,
  createAccount: "Make my account",
  eventName: /^what/i,
  startsAt: /^starts/i,
  endsAt: /^ends/i,
  venue: /^where/i,
  createEvent: "Make the event",
  csvFile: "Choose a CSV file",
  checkImport: "Read the file",
  confirmImport: /^add 2 guests/i,
  createLink: "Make a link",
  link: /guest’s link|guest's link/i,
  attending: /i’ll be there|i'll be there/i,
  oneMore: /one more/i,
  companion: /your guest’s name|your guest's name/i,
  sendAnswer: "Send my answer",
  thanks: /we look forward to seeing you/i,
  live: /^live/i,
  activity: "What happened, the latest first",
};

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

async function makeAccount({ page }, setupLink) {
  assert.ok(setupLink, "a server without an account prints a setup link");
  await page.goto(setupLink);
  await page.getByLabel(SAYS.email).fill(ORGANISER.email);
  await page.getByLabel(SAYS.password).first().fill(ORGANISER.password);
  await page.getByRole("button", { name: SAYS.createAccount }).click();
  await page.waitForURL(/\/events(\/new)?$/);
}

/** The address of the event's page. */
async function makeEvent({ page }, url) {
  await page.goto(`${url}/events/new`);
  await page.getByLabel(SAYS.eventName).fill(EVENT.name);
  await page.getByLabel(SAYS.startsAt).fill(inDays(30, "19:00"));
  await page.getByLabel(SAYS.endsAt).fill(inDays(30, "23:00"));
  await page.getByLabel(SAYS.venue).fill(EVENT.venue);
  await page.getByRole("button", { name: SAYS.createEvent }).click();
  await page.waitForURL(/\/events\/[0-9a-f-]{36}(\?.*)?$/);
  const { origin, pathname } = new URL(page.url());
  return origin + pathname;
}

async function importGuests({ page }, event) {
  await page.goto(`${event}/import`);
  const file = { name: "guests.csv", mimeType: "text/csv", buffer: Buffer.from(GUESTS) };
  await page.getByLabel(SAYS.csvFile).setInputFiles(file);
  await page.getByRole("button", { name: SAYS.checkImport }).click();
  await page.getByRole("button", { name: SAYS.confirmImport }).click();
  await page.getByText(/2 (guests )?added|2 new/i).first().waitFor();
  await page.goto(`${event}/guests`);
  await page.getByText("Søren Kierkegaard").first().waitFor();
}

async function linkOf({ page }, event, guest) {
  await page.goto(`${event}/guests`);
  await page.getByRole("link", { name: guest }).click();
  await page.waitForURL(/\/guests\/[0-9a-f-]{36}$/);
  await page.getByRole("button", { name: SAYS.createLink }).click();
  const link = await page.getByLabel(SAYS.link).first().inputValue();
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/i\/[\w-]{56}$/);
  return link;
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

/** A value for `datetime-local`. */
function inDays(days, time) {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${time}`;
}
