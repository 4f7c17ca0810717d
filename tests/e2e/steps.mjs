// The steps with which every story begins: an account, an event, a guest list, a link. What is looked for are roles and
// names, as a screen reader hears them: a page that loses them has broken.

import assert from "node:assert/strict";

export const ORGANISER = { email: "ada@example.com", password: "correct horse battery staple" };
export const EVENT = { name: "Midsummer Night", venue: "The Old Mill" };
const GUESTS = `Name,Email,Plus ones
Grace Hopper,grace@example.com,1
Søren Kierkegaard,soren@example.com,0
`;

/** Every name that the story looks for on a page, in one place. */
export const SAYS = {
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

export async function makeAccount({ page }, setupLink) {
  assert.ok(setupLink, "a server without an account prints a setup link");
  await page.goto(setupLink);
  await page.getByLabel(SAYS.email).fill(ORGANISER.email);
  await page.getByLabel(SAYS.password).first().fill(ORGANISER.password);
  await page.getByRole("button", { name: SAYS.createAccount }).click();
  await page.waitForURL(/\/events(\/new)?$/);
}

/** The address of the event's page. */
export async function makeEvent({ page }, url) {
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

export async function importGuests({ page }, event) {
  await page.goto(`${event}/import`);
  const file = { name: "guests.csv", mimeType: "text/csv", buffer: Buffer.from(GUESTS) };
  await page.getByLabel(SAYS.csvFile).setInputFiles(file);
  await page.getByRole("button", { name: SAYS.checkImport }).click();
  await page.getByRole("button", { name: SAYS.confirmImport }).click();
  await page.getByText(/2 (guests )?added|2 new/i).first().waitFor();
  await page.goto(`${event}/guests`);
  await page.getByText("Søren Kierkegaard").first().waitFor();
}

export async function linkOf({ page }, event, guest) {
  await page.goto(`${event}/guests`);
  await page.getByRole("link", { name: guest }).click();
  await page.waitForURL(/\/guests\/[0-9a-f-]{36}$/);
  await page.getByRole("button", { name: SAYS.createLink }).click();
  const link = await page.getByLabel(SAYS.link).first().inputValue();
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/i\/[\w-]{56}$/);
  return link;
}

/** What the event does with openings, band by band; other rules stay. The page for them tries them first, which is another story. */
export async function treat({ page }, event, actions) {
  await page.goto(`${event}/live`);
  const status = await page.evaluate(async ([path, actions]) => {
    const policy = await (await fetch(path)).json();
    const csrf = document.querySelector("[data-csrf]").dataset.csrf;
    const headers = { "content-type": "application/json", "x-csrf-token": csrf };
    const body = JSON.stringify({ ...policy, actions: { ...policy.actions, ...actions } });
    return (await fetch(path, { method: "PUT", headers, body })).status;
  }, [`/api/v1/events/${event.split("/").at(-1)}/policy`, actions]);
  assert.equal(status, 200);
}

/** A value for `datetime-local`. */
function inDays(days, time) {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${time}`;
}
