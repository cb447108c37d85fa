import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { findProgram } from './require.ts';

export const chromiumProgram = findProgram('chromium', 'chromium-browser', 'google-chrome');

/** The machine's own Chromium without a window, closed when the file ends. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumProgram ?? '',
    // root has no sandbox, and containers a small /dev/shm
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  afterAll(() => browser.close());
  return browser;
}

/** A link in the mail that a page shows is followed as a reader does: it opens in a tab of its own. */
export async function followInMail(page: Page, name: string | RegExp): Promise<Page> {
  const opened = page.waitForEvent('popup');
  await page.frameLocator('iframe').getByRole('link', { name }).first().click();
  const tab = await opened;
  await tab.waitForLoadState();
  return tab;
}
