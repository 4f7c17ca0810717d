// What only script does: the guest's page says at once what its opening brought, an opening that is judged again stands
// at its own time, and the look of the pages changes under what is typed. On SQLite alone: no database knows of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Person, launch } from "./browser.mjs";
import { Server } from "./server.mjs";
import { EVENT, SAYS, importGuests, linkOf, makeAccount, makeEvent, treat } from "./steps.mjs";

const TEST_MS = 120_000;
/** Long enough that two moments differ by their seconds. */
const A_WHILE_MS = 2_100;

let browser, server, ada, event;
const people = [];
before(async () => {
  browser = await launch();
  server = await Server.start("sqlite");
  ada = await arrive("ada");
  await makeAccount(ada, server.setupLink);
  event = await makeEvent(ada, server.url);
  await importGuests(ada, event);
});
after(async () => {
  await browser?.close();
  await server?.discard();
});

async function arrive(name) {
  people.push(await Person.arrive(browser, name));
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

/** What is done with everybody who opens a link as expected. */
const treatVerified = (action) => treat(ada, event, { low: action });

async function open({ page }, link) {
  await page.goto(link);
  await page.getByText(EVENT.name).first().waitFor();
  await page.mouse.move(100, 200);
  await page.mouse.down();
  await page.mouse.up();
}

story("an answer that will wait is said to wait before it is sent, in the same words", async () => {
  const words = "Your hosts will look at your answer before it counts.";
  await treatVerified("hold");
  const grace = await arrive("grace");
  await open(grace, await linkOf(ada, event, "Grace Hopper"));
  await grace.page.getByText(words).waitFor();
  await grace.page.getByRole("radio", { name: SAYS.attending }).check();
  await grace.page.getByRole("button", { name: SAYS.sendAnswer }).click();
  await grace.page.getByText("We’ve passed your answer to your hosts").waitFor();
  await grace.page.getByText(words).waitFor();
  assert.equal(new URL(grace.page.url()).pathname, "/invite");
});

story("a link that takes no answer says so before anything is typed, and accuses nobody", async () => {
  await treatVerified("block");
  const soren = await arrive("soren");
  await open(soren, await linkOf(ada, event, "Søren Kierkegaard"));
  await soren.page.getByText("no answer can be taken through this link").waitFor();
  await soren.page.getByText("ask your hosts for a new link").waitFor();
  await soren.page.getByRole("button", { name: "Ask for a new link" }).waitFor();
  assert.equal(await soren.page.getByRole("button", { name: SAYS.sendAnswer }).isVisible(), false);
  assert.equal(await soren.page.getByRole("radio", { name: SAYS.attending }).isVisible(), false);
  assert.doesNotMatch(await soren.page.locator("main").innerText(), /fraud|suspicious|blocked|denied/i);
});

story("an opening that is judged again stands at its own time", async () => {
  const { page } = ada;
  await page.goto(`${event}/live`);
  await page.getByRole("status").filter({ hasText: SAYS.live }).waitFor();
  const rows = page.getByRole("list", { name: SAYS.activity }).getByRole("listitem");
  const opening = rows.filter({ hasText: "Grace Hopper" }).filter({ hasText: "Verified" });
  const time = () => opening.locator("time").getAttribute("datetime");
  const seconds = (at) => Math.floor(Date.parse(at) / 1000);
  const before = await time();
  const access = await opening.getAttribute("data-access");

  await page.waitForTimeout(A_WHILE_MS);
  // As where so many came since that the row has left the page.
  await opening.evaluate((row) => row.remove());
  const status = await page.evaluate(async (id) => {
    const csrf = document.querySelector("[data-csrf]").dataset.csrf;
    const headers = { "content-type": "application/json", "x-csrf-token": csrf };
    const label = { method: "POST", headers, body: JSON.stringify({ label: "guest" }) };
    return (await fetch(`/api/v1/accesses/${id}/label`, label)).status;
  }, access);
  assert.equal(status, 200);
  await opening.waitFor();
  assert.equal(seconds(await time()), seconds(before), "told live");
  await page.reload();
  assert.equal(seconds(await time()), seconds(before), "loaded anew");
});

story("the look changes under what is typed, and is there from the first moment on the next page", async () => {
  const { page } = ada;
  const look = () => page.evaluate(() => document.documentElement.className);
  await page.goto(`${server.url}/events/new`);
  await page.getByLabel(SAYS.eventName).fill("Harvest dinner");
  for (const [name, look_] of [["Light", "light"], ["As your system", "system"]]) {
    const told = page.waitForResponse((answer) => answer.url().endsWith("/theme"));
    await page.getByRole("button", { name: "How it looks" }).click();
    await page.getByRole("button", { name }).click();
    await told;
    assert.match(await look(), new RegExp(look_));
    assert.equal(await page.getByLabel(SAYS.eventName).inputValue(), "Harvest dinner");
  }
  const next = await page.request.get(`${server.url}/events`);
  assert.match(await next.text(), /<html lang="en" class="system">/);
});
