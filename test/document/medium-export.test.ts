import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readIssueMarkdown, writeIssueMarkdown } from '../../src/document/issue-markdown.ts';
import { readIssue } from '../../src/document/read-issue.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

describe('an irregular export in English', () => {
  const { document, warnings } = readIssue(fixture('medium-en.md'));
  const [heat, articles] = document.sections;
  const lines = (text: string) =>
    warnings.filter(({ message }) => message.includes(text)).map(({ line }) => line);

  test('has title, locale, week and a slug without the post’s id and tracking', () => {
    expect(document).toMatchObject({
      title: 'Kitchen Science: Week 12, 2026',
      slug: 'kitchen-science-week-12-2026',
      locale: 'en',
      period: '2026-W12',
      source_url: 'https://medium.com/kitchen-science/kitchen-science-week-12-2026-0a1b2c3d4e5f',
    });
  });

  test('keeps the card of the sign-up page as a link, and says so', () => {
    expect(document.intro).toContain(
      '[Kitchen Science by mail](https://mail.example.com/kitchen)\\\nThe same text, earlier.',
    );
    expect(lines('Kitchen Science by mail')).toEqual([9]);
  });

  test('has sections without their numbers, and picks', () => {
    expect(document.sections.map(({ title, items }) => [title, items.length])).toEqual([
      ['Heat', 6],
      ['Articles', 2],
    ]);
    expect(document.picks[0]).toEqual({ title: 'Why eggs set', url: 'https://journal.example.com/eggs' });
    expect(lines('is no item of this issue')).toEqual([20]);
  });

  test.each([
    [
      'emphasis and an address that is its own link',
      0,
      'Proteins, unfolded',
      'https://journal.example.com/eggs',
    ],
    [
      'a title that goes on behind its address',
      1,
      'Ten pans on one small flame',
      'https://journal.example.com/pans',
    ],
    ['a bracket never closed', 2, 'Ovens lie', 'https://journal.example.com/ovens'],
    ['a bare address', 3, 'Steam, briefly', 'https://journal.example.com/steam?id=7'],
    [
      'an address amid the title',
      4,
      'Resting meat and other patience',
      'https://journal.example.com/resting',
    ],
    ['an address that is there twice', 5, 'Salt and boiling', 'https://journal.example.com/salt'],
  ])('reads link and source title of %s', (_, index, source_title, url) => {
    expect(heat?.items[index]).toMatchObject({ source_title, url });
    expect(heat?.items[index]?.commentary).not.toContain(url);
  });

  test('tells the line of the bracket', () => expect(lines('is not closed')).toEqual([54]));

  test('has pictures with their items; a second one is kept as a link', () => {
    expect(heat?.items.map(({ image }) => image?.src ?? null).slice(0, 3)).toEqual([
      'img/eggs.png',
      'img/pans.png',
      null,
    ]);
    expect(heat?.items[0]?.commentary).toContain('![An egg cut open](img/second.png)');
    expect(lines('img/second.png')).toEqual([40]);
  });

  test('resolves addresses of the site itself', () => {
    expect(heat?.items[0]?.commentary).toContain('[a table](https://medium.com/kitchen-science/table)');
    expect(articles?.items[0]).toEqual({
      headline: 'Pans for sale',
      url: 'https://medium.com/kitchen-science/pans-1234567890ab',
      source_title: null,
      image: null,
      commentary: 'They measured *everything*.',
      card: {
        url: 'https://medium.com/kitchen-science/pans-1234567890ab',
        title: 'Which pan, then?',
        description: 'A long comparison…',
        domain: 'medium.com',
        image: null,
      },
    });
  });

  test('keeps an item without a link, addresses in its sentences included', () => {
    expect(articles?.items[1]).toMatchObject({ headline: 'A talk that was not recorded', url: null });
    expect(articles?.items[1]?.commentary).toContain('See https://journal.example.com/a and');
    expect(lines('"A talk that was not recorded" has no link')).toEqual([95]);
  });

  test('has neighbours and round-ups that have links, and tells of those without', () => {
    expect(document.previous).toEqual({
      title: 'Week 11, 2026',
      url: 'https://medium.com/kitchen-science/week-11-abcdefabcdef',
    });
    expect(document.next).toBeNull();
    expect(document.round_ups).toEqual([
      { title: 'January 2026', url: 'https://medium.com/kitchen-science/january-abcdefabcdef' },
      { title: '2025 summary', url: 'https://letters.example.com/2025' },
    ]);
    expect(lines('"Week 13, 2026 (not written)" is named without a link')).toEqual([103]);
    expect(lines('"February 2026" is named without a link')).toEqual([105]);
  });

  test('keeps what is neither with the closing words', () => {
    expect(document.outro).toBe(
      '[Our first letter](https://medium.com/kitchen-science/first-abcdefabcdef)\n\n### I also cook on video.',
    );
    expect(lines('Our first letter')).toEqual([106]);
  });

  test('leaves and comes back in the house form as it is', () => {
    expect(readIssueMarkdown(writeIssueMarkdown(document)).document).toEqual(document);
  });
});

test('an export without topics or sections has its items in one section without a title', () => {
  const { document, warnings } = readIssue(fixture('medium-de.md'));
  expect(document).toMatchObject({
    locale: 'de',
    period: '2026-W03',
    slug: 'werkstattbrief-kw-3',
    intro: 'Kurz und ohne Themenliste.',
    sections: [
      {
        title: '',
        items: [
          { headline: 'Ein Hobel aus Birnbaum', card: { description: '', domain: 'holz.example.com' } },
        ],
      },
    ],
    round_ups: [{ title: 'Rückblick 2025' }],
  });
  expect(warnings).toEqual([]);
});

test('a Japanese export joins a title of two lines without a space', () => {
  const { document, warnings } = readIssue(fixture('medium-ja.md'));
  expect(document).toMatchObject({
    locale: 'ja',
    period: '2026-W04',
    picks: [{ title: '苔の育て方' }],
    sections: [{ title: '植物', items: [{ source_title: '苔の育て方', image: { src: 'img/koke.png' } }] }],
    previous: { title: '2026年 第3週' },
    next: null,
    round_ups: [{ title: '2025年12月まとめ' }],
  });
  expect(warnings).toEqual([]);
});

describe('what else a file may do', () => {
  const letter = (body: string) =>
    readIssue(`# Letter\n\n> Original: <https://example.com/letter>\n\n${body}`);
  const items = (body: string) => letter(body).document.sections.flatMap((section) => section.items);

  test('a card that never ends is text, with its words kept', () => {
    const [item] = items('# One\n\nhttps://example.com/1\n\n[](https://example.com/2) [## Title\n\n### More');
    expect(item?.commentary).toContain('<https://example.com/2> [## Title');
    expect(item?.commentary).toContain('### More');
  });

  test('a headline with a number or with words of the closing part stays an item', () => {
    const body =
      '— —\n\n# 1. Heat\n\n# 3 pans\n\n<https://example.com/1>\n\n# Why I keep a shelf of past issues of every letter I read\n\n<https://example.com/2>\n';
    expect(items(body).map(({ headline }) => headline)).toEqual([
      '3 pans',
      'Why I keep a shelf of past issues of every letter I read',
    ]);
  });

  test('an arrow in commentary is no list of neighbours', () => {
    const { document } = letter('# One\n\n<https://example.com/1>\n\n[Cold](https://example.com/a) → warm.');
    expect(document).toMatchObject({ previous: null, next: null, outro: '' });
    expect(document.sections[0]?.items[0]?.commentary).toBe('[Cold](https://example.com/a) → warm.');
  });

  test('code keeps its lines', () => {
    const [item] = items('# One\n\n<https://example.com/1>\n\n```\n# no heading\n\n[x](/y)\n```\n\nAfter.');
    expect(item?.commentary).toBe('```\n# no heading\n\n[x](/y)\n```\n\nAfter.');
  });

  test('a pick without a link is kept and told', () => {
    const { document, warnings } = letter(
      '# Our weekly picks\n\n*   [One](https://example.com/1)\n*   Two\n\n# One\n\n![](a.png)\n\n<https://example.com/1>',
    );
    expect(document.picks).toHaveLength(1);
    expect(document.intro).toBe('- Two');
    expect(warnings.map(({ line }) => line)).toEqual([7]);
  });
});
