// What a guest can do who is asked for more, or stopped: six digits, with script and without, and a new link. The digits
// and the link are read where the owner of the event reads them: in the built-in viewer. On SQLite alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Person, launch } from "./browser.mjs";
import { Server } from "./server.mjs";
import { SAYS, importGuests, linkOf, makeAccount, makeEvent, treat } from "./steps.mjs";

const TEST_MS = 120_000;
/** Sooner nobody has read a page and pressed: the server's own figure is 1.5 s. */
const READING_MS = 1_700;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server, ada, event;
const people = [];
before(async () => {
  browser = await launch();
  server = await Server.start("sqlite", { GUESTGUARD_OUTBOX_VIEWER: "true" });
  ada = await arrive("ada");
  await makeAccount(ada, server.setupLink);
  event = await makeEvent(ada, server.url);
  await importGuests(ada, event);
});
after(async () => {
  await browser?.close();
  await server?.discard();
});

async function arrive(name, options) {
  people.push(await Person.arrive(browser, name, options));
  return people.at(-1);
}

function story(name, tell) {
  test(name, { timeout: TEST_MS }, async () => {
    try {
      await tell();
      people.forEach((person) => person.assertNoErrors());
    } catch (error) {
      const pictures = await Promise.all(people.map((person) => person.keepPicture(name)));
      throw new Error(`${error.message}\npictures: ${pictures.join(" ")}\nlog:\n${server.log()}`, { cause: error });
    }
  });
}

/** What the event does with everybody, whatever the opening looks like. */
const treatAll = (action) => treat(ada, event, { low: action, medium: action, high: action, block: action });

/** What stands in the latest message of the viewer. */
async function latest(what) {
  await ada.page.goto(event);
  await ada.page.getByRole("link", { name: "Read what your guests would receive" }).click();
  const message = ada.page.getByRole("list", { name: /^Messages/ }).getByRole("listitem").first();
  if (what === "code") return message.locator("[data-code]").textContent();
  return message.getByLabel("The link in it").inputValue();
}

/** Opens a link and stays until it is counted. */
async function openAsAPerson({ page }, link) {
  const counted = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/invites/access"));
  await page.goto(link);
  await page.mouse.move(100, 200);
  await page.mouse.down();
  await page.mouse.up();
  assert.equal((await counted).status(), 200);
}

async function press({ page }, name) {
  await page.waitForTimeout(READING_MS);
  await page.getByRole("button", { name }).first().click();
}

story("an opening that looks strange is asked for six digits, and goes on with them", async () => {
  const link = await linkOf(ada, event, "Grace Hopper");
  await treatAll("step_up");
  const grace = await arrive("grace", PHONE);
  await openAsAPerson(grace, link);
  await grace.page.getByText("Is this you").first().waitFor();
  await press(grace, "Send me the digits");
  const field = grace.page.getByLabel("The six digits");
  await field.waitFor();
  assert.ok(!(await grace.page.content()).includes("grace@example.com"), "the contact is nobody's to read");

  await field.fill("000000");
  grace.isRefused = true;
  await grace.page.getByRole("button", { name: "Go on" }).click();
  await grace.page.getByText(/not right any more, or never were/).waitFor();
  await grace.page.getByLabel("The six digits").fill(await latest("code"));
  await grace.page.getByRole("button", { name: "Go on" }).click();

  await grace.page.getByRole("radio", { name: SAYS.attending }).first().check();
  await grace.page.getByRole("button", { name: SAYS.sendAnswer }).click();
  await grace.page.getByText(SAYS.thanks).first().waitFor();
});

story("without script what was typed arrives once the digits have", async () => {
  const link = await linkOf(ada, event, "Søren Kierkegaard");
  await treatAll("step_up");
  const soren = await arrive("soren", { javaScriptEnabled: false });
  soren.isRefused = true;
  await soren.page.goto(link);
  await soren.page.getByRole("radio", { name: SAYS.attending }).first().check();
  await soren.page.getByLabel("A word to your hosts").fill("Either way, I come");
  await press(soren, SAYS.sendAnswer);
  await press(soren, "Send me the digits");
  await soren.page.getByLabel("The six digits").fill(await latest("code"));
  await soren.page.getByRole("button", { name: "Go on" }).click();
  await soren.page.getByText(SAYS.thanks).first().waitFor();
  assert.equal(await soren.page.getByLabel("A word to your hosts").first().inputValue(), "Either way, I come");
});

story("who is stopped has a new link sent, and the old one lives until it is used", async () => {
  await ada.page.goto(`${event}/guests`);
  await ada.page.getByRole("link", { name: "Grace Hopper" }).click();
  const old = await ada.page.getByLabel(SAYS.link).first().inputValue();
  await treatAll("block");
  const grace = await arrive("grace elsewhere", PHONE);
  await openAsAPerson(grace, old);
  await press(grace, "Send me a new link");
  await grace.page.getByText("A new link is on its way").waitFor();
  const fresh = await latest("link");
  assert.notEqual(fresh, old);

  await treatAll("allow");
  assert.equal((await grace.page.request.get(fresh)).status(), 200);
  assert.equal((await grace.page.request.get(old)).status(), 200, "a look ends nothing");
  await openAsAPerson(grace, fresh);
  assert.equal((await grace.page.request.get(old)).status(), 404);
});

story("somebody to whom a link was passed on asks for an invitation of his own", async () => {
  await ada.page.goto(`${event}/guests`);
  await ada.page.getByRole("link", { name: "Grace Hopper" }).click();
  const link = await ada.page.getByLabel(SAYS.link).first().inputValue();
  await treatAll("block");
  const howard = await arrive("howard");
  await openAsAPerson(howard, link);
  await howard.page.getByText("This was passed on to me").click();
  await howard.page.getByLabel("Your name").fill("Howard Aiken");
  await howard.page.getByLabel("E-mail or phone").fill("howard@example.com");
  await press(howard, "Ask for my own invitation");
  await howard.page.getByText("Your hosts know now").waitFor();

  await ada.page.goto(event);
  await ada.page.getByText("Howard Aiken would like an invitation").waitFor();
  await ada.page.getByRole("button", { name: "Add as a guest" }).click();
  await ada.page.getByRole("heading", { name: "Howard Aiken" }).waitFor();
});
