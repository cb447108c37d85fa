import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueDocument } from '../../src/document/document.ts';
import { readIssueMarkdown, writeIssueMarkdown } from '../../src/document/issue-markdown.ts';
import { arbitraryDocument } from './arbitrary-document.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const letter = (body: string, front = '') => `---\ntitle: Letter\n${front}---\n\n${body}`;
const ITEM = '## One\n\n<https://example.com/1>\n';
const read = (body: string, front = '') => readIssueMarkdown(letter(body, front));
const firstItem = (body: string, front = '') => read(body, front).document.sections[0]?.items[0];

/** A document can be read back only if it has an item with a link; others get one. */
const readable = arbitraryDocument.map((document) => ({
  ...document,
  sections: [
    ...document.sections,
    {
      title: 'Last',
      items: [
        {
          headline: 'One',
          url: 'https://example.com/',
          source_title: null,
          image: null,
          commentary: '',
          card: null,
        },
      ],
    },
  ],
}));

describe('what is exported comes back', () => {
  test('export, import and export give the same bytes, and the import the same document, whatever its texts hold', () => {
    fc.assert(
      fc.property(readable, (document) => {
        const written = writeIssueMarkdown(document);
        const again = readIssueMarkdown(written).document;
        expect(again).toEqual(document);
        expect(writeIssueMarkdown(again)).toBe(written);
      }),
      { numRuns: 1500 },
    );
  });

  test('a checked document is checked again without a change', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        expect(issueDocument.parse(document)).toEqual(document);
      }),
    );
  });

  test('a letter written by hand is in the exported form after one round', () => {
    const written = writeIssueMarkdown(readIssueMarkdown(fixture('letter.md')).document);
    expect(writeIssueMarkdown(readIssueMarkdown(written).document)).toBe(written);
  });
});

describe('a letter written by hand', () => {
  const { document, warnings } = readIssueMarkdown(fixture('letter.md'));
  const [boards, reading] = document.sections;

  test('has its front matter, addresses resolved against its own', () => {
    expect(document).toMatchObject({
      title: 'Small machines, week 8: the drawer of sensors',
      slug: 'small-machines-8',
      period: '2026-W08',
      previous: { title: 'Week 7', url: 'https://letters.example.com/small-machines/7' },
      next: null,
      round_ups: [{ title: 'January', url: 'https://letters.example.com/small-machines/january' }],
    });
  });

  test('names a pick by headline or by address', () => {
    expect(document.picks.slice(0, 2)).toEqual([
      { title: 'Sleep current, measured', url: 'https://letters.example.com/tests/sleep' },
      { title: 'The board we would buy', url: 'https://shop.example.com/board?size=a&colour=red' },
    ]);
  });

  test('has an item with picture, link, card and commentary', () => {
    expect(boards?.items[0]).toEqual({
      headline: 'Sleep current, measured',
      url: 'https://letters.example.com/tests/sleep',
      source_title: 'How low can a sleeping board go?',
      image: { src: 'pictures/multimeter.png', alt: 'A multimeter reading two microamperes' },
      commentary:
        'Nine boards were put to sleep, and *four* of them kept one eye open.\n\n' +
        '```sh\n# this is a comment in a shell, and no section\nmeasure --all\n```',
      card: {
        url: 'https://lab.example.com/sleep',
        title: 'lab.example.com',
        description: 'Nine boards, one meter, a long weekend',
        domain: 'lab.example.com',
        image: null,
      },
    });
  });

  test('may put the link on the headline, and a rule inside the commentary', () => {
    expect(boards?.items[1]).toMatchObject({
      headline: 'The board we would buy',
      url: 'https://shop.example.com/board?size=a&colour=red',
      commentary: 'It costs less than lunch.\n\n***\n\nIt comes in red.',
    });
    expect(reading?.items[0]).toMatchObject({ headline: '[Sic] A book without an address', url: null });
    expect(document.outro).toBe('Until next week.');
  });

  test('is told, with the line, of what has no place, and nothing of it is lost', () => {
    expect(warnings.map(({ line }) => line)).toEqual([12, 19, 54, 57]);
    expect(document.intro).toBe('Good morning. This week we emptied **a drawer**.\n\nTwo shelves this time.');
    expect(warnings.at(-1)?.message).toContain('has no link');
  });
});

describe('forms an editor may choose', () => {
  test('items without a section stand in one without a title', () => {
    expect(read(ITEM).document.sections).toMatchObject([{ title: '', items: [{ headline: 'One' }] }]);
    expect(writeIssueMarkdown(read(ITEM).document)).not.toMatch(/^#( |$)/m);
  });

  test('picture, link and a second line below each other are one paragraph', () => {
    const item = firstItem('## One\n![a](a.png)\n[Source](https://example.com/1)\n\nText');
    expect(item).toMatchObject({ image: { src: 'a.png' }, source_title: 'Source', commentary: 'Text' });
  });

  test('a paragraph that only begins with a link is commentary', () => {
    const item = firstItem('## One\n\n<https://example.com/1>\n\n[A book](https://example.com/2)\nis out.');
    expect(item).toMatchObject({
      url: 'https://example.com/1',
      commentary: '[A book](https://example.com/2)\nis out.',
    });
  });

  test('a card alone gives the item its link', () => {
    expect(firstItem('## One\n\n```card\nurl: https://www.example.com/x\n```\n')).toMatchObject({
      url: 'https://www.example.com/x',
      card: { title: 'example.com', domain: 'example.com', description: '' },
    });
  });

  test('a slug is made from the title, a locale is the publication’s', () => {
    const { document } = readIssueMarkdown(`---\ntitle: Öl & Eis, Woche 6\n---\n${ITEM}`, { locale: 'de' });
    expect(document).toMatchObject({ slug: 'ol-eis-woche-6', locale: 'de' });
  });

  test('a key without a value is left out, and a word in quotes is a word', () => {
    const { document } = read(ITEM, 'preheader: "null"\nnext: null\nprevious:\nperiod: ~\n');
    expect(document).toMatchObject({ preheader: 'null', next: null, previous: null, period: null });
  });

  test('Windows line ends, a byte order mark and tabs are read', () => {
    const text = `\ufeff---\r\ntitle: Letter\r\n---\r\n\r\n${ITEM.replaceAll('\n', '\r\n')}`;
    expect(readIssueMarkdown(text).document.sections[0]?.items).toHaveLength(1);
  });

  test('a heading in commentary goes below the headline, and an open code block is closed', () => {
    const document = issueDocument.parse({
      ...read(ITEM).document,
      intro: '# Loud\n\n```\n# code',
    });
    expect(document.intro).toBe('### Loud\n\n```\n# code\n```');
  });
});

describe('bad front matter is told with its line and a remedy', () => {
  const fault = (text: string) => expect(() => readIssueMarkdown(text));

  test('no end', () => fault('---\ntitle: x\n\ntext').toThrow(/Line 1: .*no end.*put a line ---/));
  test('YAML that is none', () =>
    fault('---\ntitle: x\npicks: [a\n---\n').toThrow(/Line \d: the front matter is broken/));
  test('a colon in a value', () => fault('---\ntitle: Week 6: sensors\n---\n').toThrow(/Line 2: .*quotes/));
  test('a key twice', () => fault('---\ntitle: x\ntitle: y\n---\n').toThrow(/Line 3: /));
  test('a list where a line should be', () =>
    fault('---\nslug: x\ntitle: [a]\n---\n').toThrow(/Line 3: .*"title"/));
  test('a pick without an address', () =>
    fault('---\ntitle: x\npicks:\n  - title: y\n---\n').toThrow(/Line 4: .*"picks.0.*title and a url/));
  test('no keys at all', () => fault('---\njust text\n---\n').toThrow(/key: value/));
  test('aliases that unfold without end', () =>
    fault('---\na: &a [x]\nb: [*a, *a]\n---\n').toThrow(/Line 2: .*alias/));
  test('a period that is none', () =>
    fault(letter(ITEM, 'period: week 6\n')).toThrow(/period must be a week 2021-W06/));
  test('a slug that would be an id', () =>
    fault(letter(ITEM, 'slug: i12\n')).toThrow(/slug must be small letters/));
  test('a neighbour with a script for an address', () =>
    fault(letter(ITEM, 'next:\n  title: x\n  url: "javascript:alert(1)"\n')).toThrow(
      /next.url must be an http/,
    ));
  test('no title', () => fault(`---\nslug: abcd\n---\n${ITEM}`).toThrow(/no title: write "title: ..."/));
  test('a broken card', () => fault(letter('## One\n\n```card\nurl: x\n```\n')).toThrow(/Line 7: this card/));
});

describe('what is no link is no link', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'mailto:a@example.com',
    '//',
    'x y',
  ])('an item whose link is %s has none, and is told so', (address) => {
    const { document, warnings } = read(`${ITEM}\n## Two\n\n[Source](<${address}>)\n`);
    expect(document.sections[0]?.items[1]).toMatchObject({ url: null, commentary: `[Source](<${address}>)` });
    expect(warnings[0]?.message).toContain('"Two" has no link');
  });
});
