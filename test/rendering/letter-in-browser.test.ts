import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderLetter } from '../../src/rendering/letter.ts';
import { fillHtml } from '../../src/rendering/slots.ts';
import { chromiumProgram, openBrowser } from '../support/browser.ts';
import { issue, item, longChineseIssue, pictures, publication } from './documents.ts';

const values = {
  origin: 'https://press.example.com',
  base: 'https://press.example.com',
  unsubscribe: 'https://press.example.com/unsubscribe/abc',
  preferences: 'https://press.example.com/preferences/abc',
};
const longWord = item({
  headline: `https://${'long'.repeat(40)}.example.com/`,
  source_title: 'x'.repeat(200),
  commentary: `\`\`\`\n${'code '.repeat(60)}\n\`\`\`\n\n${'y'.repeat(200)}`,
});
const documents = {
  english: issue({ sections: [{ title: 'Water', items: [item(), longWord] }] }),
  chinese: longChineseIssue(),
  arabic: issue({ locale: 'ar' }),
};

describe.skipIf(chromiumProgram === null)('a letter in a browser', () => {
  let page: Page;
  beforeAll(async () => {
    page = await (await openBrowser()).newPage();
    // pictures are off: nothing is fetched
    await page.route(/^https?:/, (route) => route.abort());
  });

  const show = async (name: keyof typeof documents) => {
    const { html } = await renderLetter({ document: documents[name], publication, pictures });
    await page.setContent(fillHtml(html, values), { waitUntil: 'domcontentloaded' });
  };

  for (const name of ['english', 'chinese', 'arabic'] as const)
    test.each([320, 360, 480, 640, 1024])(`fits a window of %i px (${name})`, async (width) => {
      await page.setViewportSize({ width, height: 800 });
      await show(name);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });

  test('is at most 640 px wide', async () => {
    await page.setViewportSize({ width: 1400, height: 800 });
    await show('english');
    expect(await page.evaluate('document.querySelector(".sheet").offsetWidth')).toBe(640);
  });

  test.each(['light', 'dark'] as const)(
    'drawn for %s keeps a contrast of 4.5:1 everywhere',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await show('english');
      const ground = await page.evaluate(
        'getComputedStyle(document.querySelector(".sheet")).backgroundColor',
      );
      expect(ground).toBe(colorScheme === 'dark' ? 'rgb(29, 28, 26)' : 'rgb(255, 255, 255)');
      expect(await page.evaluate(DIM_TEXT)).toEqual([]);
    },
  );

  test('with pictures off shows their words', async () => {
    await show('english');
    expect(await page.getByAltText('A gauge at low water').first().isVisible()).toBe(true);
  });

  test('from right to left begins at the right', async () => {
    await page.setViewportSize({ width: 640, height: 800 });
    await show('arabic');
    const left = await page.evaluate(`(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('h3'));
      return range.getBoundingClientRect().right;
    })()`);
    expect(left).toBeGreaterThan(560);
  });
});

/** The words whose contrast with what is painted behind them is below 4.5:1. Runs in the page. */
const DIM_TEXT = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const dim = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (words.length < 2 || element.offsetParent === null || element.closest('style')) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) dim.push(words + ' ' + contrast);
  }
  return dim;
})()`;
