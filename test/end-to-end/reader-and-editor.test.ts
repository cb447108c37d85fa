import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { runCli, spawnCli } from '../cli/run-cli.ts';
import { chromiumProgram, followInMail, openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { kill, receiptShape } from '../support/production.ts';
import { until } from '../support/until.ts';

const ISSUE = 'Which part is doing the work?';
const OWN_PASSWORD = 'a quiet horse prints the news';

const dataDir = await mkdtemp(path.join(tmpdir(), 'pressrun-walk-'));
const port = await freePort();
const url = `http://localhost:${port}`;
const env = { DATA_DIR: dataDir, PORT: String(port) };
const press = chromiumProgram === null ? null : spawnCli(['start'], env);

afterAll(async () => {
  if (press) await kill(press);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test.skipIf(press === null)(
  'a person with npm alone: readers subscribe and confirm, the editor sends, a reader leaves and is skipped',
  { timeout: 120_000 },
  async () => {
    if (!press) return;
    const greeting = await press.saw('to be changed');
    const browser = await openBrowser();

    for (const reader of ['ada@example.com', 'ben@example.com']) await subscribe(browser, reader);
    const editor = await signIn(browser, greeting);
    await sendSample(editor);
    const letter = await openMail(browser, ISSUE, 'ada@example.com');
    await looksWhole(letter);
    await leave(letter);
    await secondSendSkips(browser);

    press.child.kill('SIGINT');
    expect((await press.ended).status).toBe(0);
    expect(await postmasterIsGone()).toBe(true);
  },
);

async function subscribe(browser: Browser, email: string): Promise<void> {
  const page = await openPage(browser, '/');
  await page.getByLabel('Email address').fill(email);
  // whoever fills in a form within a second is taken for a program
  await page.waitForTimeout(1500);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();

  const mail = await openMail(browser, /confirm/i, email);
  const tab = await followInMail(mail, 'Confirm my subscription');
  await tab.getByRole('button', { name: 'Yes, subscribe me' }).click();
  await tab.getByRole('heading', { name: 'You are on the list' }).waitFor();
  await page.context().close();
  await mail.context().close();
}

async function signIn(browser: Browser, greeting: string): Promise<Page> {
  const [, email = '', password = ''] = /(\S+@\S+), password (\S+)/.exec(greeting) ?? [];
  const page = await openPage(browser, '/desk');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('The printed password').fill(password);
  await page.getByLabel('New password').fill(OWN_PASSWORD);
  await page.getByRole('button', { name: 'Save password' }).click();
  await page.getByRole('heading', { name: 'Issues' }).waitFor();
  return page;
}

async function sendSample(page: Page): Promise<void> {
  await page.getByRole('link', { name: ISSUE }).click();
  await page.getByRole('link', { name: 'Send…' }).click();
  await page.getByRole('button', { name: 'Send to 2 readers now' }).click();
  await page.locator('.tag', { hasText: 'finished' }).waitFor();
  await page.getByRole('row', { name: /^Accepted.*2$/ }).waitFor();
}

/** Opens the newest such mail on the page of caught mail, waiting until it is there. */
async function openMail(browser: Browser, subject: string | RegExp, to: string): Promise<Page> {
  const page = await openPage(browser, '/desk/mail');
  const row = page.getByRole('row').filter({ hasText: to }).filter({ hasText: subject });
  await until(`a mail for ${to} is there`, async () => {
    await page.reload();
    return (await row.count()) > 0;
  });
  await row.first().getByRole('link').click();
  await page.getByRole('heading', { name: subject }).waitFor();
  return page;
}

async function looksWhole(page: Page): Promise<void> {
  const letter = page.frameLocator('iframe');
  await letter.getByText('Pooling that forgets less').first().waitFor();
  const images = letter.locator('img');
  expect(await images.count()).toBeGreaterThanOrEqual(9);
  const widths = await images.evaluateAll((elements) =>
    Promise.all(
      elements.map(async (element) => {
        await Reflect.get(element, 'decode').call(element);
        return Number(Reflect.get(element, 'naturalWidth'));
      }),
    ),
  );
  expect(Math.min(...widths)).toBeGreaterThan(0);
}

async function leave(letter: Page): Promise<void> {
  const tab = await followInMail(letter, 'Unsubscribe');
  await tab.getByRole('button', { name: 'Unsubscribe' }).click();
  await tab.getByRole('heading', { name: 'You have left' }).waitFor();
}

async function secondSendSkips(browser: Browser): Promise<void> {
  const refused = await runCli(['send', '2021-week-7', '--json'], env);
  expect(refused).toMatchObject({ status: 2 });
  const again = await runCli(['send', '2021-week-7', '--again', '--wait', '--json'], env);
  expect(again.status).toBe(0);
  expect(receiptShape.parse(again.json())).toMatchObject({ state: 'finished', audience: 1, accepted: 1 });

  const page = await openPage(browser, '/desk/mail');
  const letters = (to: string) =>
    page.getByRole('row').filter({ hasText: ISSUE }).filter({ hasText: to }).count();
  expect([await letters('ada@example.com'), await letters('ben@example.com')]).toEqual([1, 2]);
}

/** A visitor of their own: no cookie of anybody else. */
async function openPage(browser: Browser, at: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(url + at);
  return page;
}

/** The first line of postmaster.pid is the server's process id; without the file there is no server. */
async function postmasterIsGone(): Promise<boolean> {
  const home = path.join(dataDir, 'postgres');
  const clusters = (await readdir(home)).filter((name) => name.startsWith('data-'));
  expect(clusters.length).toBeGreaterThan(0);
  const files = clusters.map((name) => readFile(path.join(home, name, 'postmaster.pid'), 'utf8'));
  const found = await Promise.allSettled(files);
  return found.every(({ status }) => status === 'rejected');
}
