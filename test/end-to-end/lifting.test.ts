import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli, spawnCli } from '../cli/run-cli.ts';
import { chromiumProgram, openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { kill } from '../support/production.ts';
import { until } from '../support/until.ts';

const dataDir = await mkdtemp(path.join(tmpdir(), 'pressrun-lift-'));
const port = await freePort();
const env = { DATA_DIR: dataDir, PORT: String(port) };
const press = chromiumProgram === null ? null : spawnCli(['start'], env);
const shown = z.object({
  status: z.string(),
  suppressed: z.string().nullable(),
  history: z.array(z.object({ event: z.string(), detail: z.record(z.string(), z.unknown()) })),
});

afterAll(async () => {
  if (press) await kill(press);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test.skipIf(press === null)(
  'an address that is refused is suppressed; the editor reads why, lifts it with a reason, and the command line tells who did',
  { timeout: 120_000 },
  async () => {
    if (!press) return;
    const greeting = await press.saw('to be changed');
    // the catcher refuses it as an address that is not there
    await mailTo('nouser@example.com');
    await until('the refusal suppressed the reader', async () => (await show()).suppressed === 'bounce');

    const editor = await signIn(greeting);
    await editor.getByRole('link', { name: 'Readers', exact: true }).click();
    await editor.getByLabel('Email address').fill('nouser@example.com');
    await editor.getByRole('button', { name: 'Look up' }).click();
    await editor.getByRole('link', { name: 'Why, and how to lift it' }).click();
    await readsEvidence(editor);
    await lifts(editor);

    expect(await show()).toMatchObject({ status: 'active', suppressed: null });
    expect((await show()).history.at(-1)).toMatchObject({
      event: 'suppression lifted',
      detail: { reason: 'bounce', by: 'editor@example.com', why: 'They moved their mail' },
    });
    await theCommandLifts(editor);
  },
);

async function mailTo(email: string): Promise<void> {
  const file = path.join(dataDir, 'readers.csv');
  await writeFile(file, `email\n${email}\n`);
  expect((await runCli(['subscribers', 'import', file, '--consent', 'asked', '--json'], env)).status).toBe(0);
  expect((await runCli(['send', '2021-week-7', '--wait', '--json'], env)).status).toBe(0);
}

async function show() {
  return shown.parse((await runCli(['subscribers', 'show', 'nouser@example.com', '--json'], env)).json());
}

async function signIn(greeting: string): Promise<Page> {
  const [, email = '', password = ''] = /(\S+@\S+), password (\S+)/.exec(greeting) ?? [];
  const page = await (await openBrowser()).newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`http://localhost:${port}/desk`);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('The printed password').fill(password);
  await page.getByLabel('New password').fill('a quiet horse prints the news');
  await page.getByRole('button', { name: 'Save password' }).click();
  await page.getByRole('heading', { name: 'Issues' }).waitFor();
  return page;
}

async function readsEvidence(page: Page): Promise<void> {
  await page.getByText('this mailbox does not exist').waitFor();
  await page.getByRole('link', { name: 'The evidence, as it came' }).click();
  await page.getByRole('heading', { name: 'A hard bounce' }).waitFor();
  await page.getByText('550 5.1.1').first().waitFor();
  await page.goBack();
}

async function lifts(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Lift…' }).click();
  await page.getByRole('heading', { name: 'Mail nouser@example.com again?' }).waitFor();
  expect(await page.getByText('so the next letter goes there').count()).toBe(1);
  // the browser itself asks for a reason first
  await page.getByRole('button', { name: 'Lift it' }).click();
  expect(await page.getByRole('heading', { name: 'Mail nouser@example.com again?' }).count()).toBe(1);
  await page.getByLabel('Why is it lifted?').fill('They moved their mail');
  await page.getByRole('button', { name: 'Lift it' }).click();
  await page.getByText('Lifted: mail may go there again.').waitFor();
  await page
    .getByRole('row', { name: /bounced since.*editor@example\.com.*They moved their mail/ })
    .waitFor();
}

/** What an editor blocked by hand, whoever runs the machine may lift too. */
async function theCommandLifts(page: Page): Promise<void> {
  await page.getByText('Suppress this address').click();
  await page.getByLabel('Why', { exact: true }).fill('Wrote that we should not');
  await page.getByRole('button', { name: 'Suppress it' }).click();
  await page.getByText('This address was blocked by hand.').waitFor();

  const command = ['subscribers', 'lift', 'nouser@example.com', '--json'];
  expect(await runCli(command, env)).toMatchObject({ status: 2 });
  const lifted = await runCli([...command, '--why', 'Wrote again'], env);
  expect(lifted.status).toBe(0);
  expect(lifted.json()).toMatchObject({
    email: 'nouser@example.com',
    reason: 'manual',
    readers: [{ was: 'active', status: 'active' }],
  });
  await page.reload();
  await page.getByRole('row', { name: /by hand since.*the command line.*Wrote again/ }).waitFor();
}
