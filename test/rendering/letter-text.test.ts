import { describe, expect, test } from 'vitest';
import { renderLetter } from '../../src/rendering/letter.ts';
import { slot } from '../../src/rendering/slots.ts';
import { COLUMNS, textWidth } from '../../src/rendering/wrap-text.ts';
import { cardItem, issue, item, longChineseIssue, pictures, publication } from './documents.ts';

const textOf = async (document = issue()) => (await renderLetter({ document, publication, pictures })).text;

describe('the text part', () => {
  test('follows the order of the issue', async () => {
    const text = await textOf();
    const order = [
      'Tidal Notes / Week 6, 2021',
      'Tidal Notes, sixth week\n====',
      'A calm week.',
      'Editor’s picks\n---',
      '1. The late tide',
      'In this issue\n---',
      '1. Water (2)',
      '1. Water\n===',
      '* Why the tide is late on Tuesdays',
      '* No link at all',
      '2. Sound\n===',
      '* A harbour that sings',
      'Until next Monday.',
      'Previous issue: Week 5',
      'Round-ups: January',
      'Harbour Lane 4',
      'Unsubscribe: ',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('numbers each address once, in order, and lists it at the end of where it first stands', async () => {
    const text = await textOf();
    const listed = [...text.matchAll(/^\[(\d+)\] (\S+)$/gm)].map(([, number, url]) => `${number} ${url}`);
    expect(listed).toEqual([
      '1 https://tides.example.com/late?a=1&b=2',
      '2 https://method.example.com/',
      '3 https://harbour.example.com/song',
      '4 https://letters.example.com/issues/week-5',
      '5 https://letters.example.com/issues/january',
    ]);
    expect(text).toContain('A century of gauges [1]');
    expect(text).toContain('The method [2] is new.');
  });

  test('gives pictures by their words and cards by a bar', async () => {
    const text = await textOf();
    expect(text).toContain('  [A gauge at low water]');
    expect(text).toContain(
      '  | The singing harbour [3]\n  | Wind, masts and a microphone.\n  | harbour.example.com',
    );
  });

  test('names the site where a link has no title and no card', async () => {
    const items = [item({ source_title: null })];
    expect(await textOf(issue({ sections: [{ title: 'Water', items }] }))).toContain(
      '  tides.example.com [1]',
    );
  });

  test('keeps every line within 72 columns but for addresses, in Chinese too', async () => {
    for (const document of [issue(), longChineseIssue()]) {
      const long = (await textOf(document)).split('\n').filter((line) => textWidth(line) > COLUMNS);
      for (const line of long) expect(line).toMatch(/https?:|\u{E000}/u);
    }
  });

  test('ends with the reader’s own links as slots, each on a line of its own', async () => {
    const text = await textOf();
    expect(text).toContain(`View on the web: ${slot('base')}/issues/week-6-2021\n`);
    expect(text).toContain(`Preferences: ${slot('preferences')}\n`);
    expect(text.endsWith(`Unsubscribe: ${slot('unsubscribe')}\n`)).toBe(true);
  });

  test('holds no HTML and no Markdown marks', async () => {
    const text = await textOf(issue({ sections: [{ title: 'Sound', items: [cardItem] }] }));
    expect(text).not.toMatch(/<[a-z]|&amp;|\*\*|\]\(/);
  });
});
