import fc from 'fast-check';
import { type IssueDocument, issueDocument, SLUG } from '../../src/document/document.ts';

/** Pieces that mean something in Markdown, in YAML or in HTML, so that texts made of them are hostile. */
const PIECES = [
  ...['#', '# ', '## ', '### x', '---', '***', '- - -', '===', '```', '```card', '~~~', '````'],
  ...[
    '[',
    ']',
    '(',
    ')',
    '](',
    '[a](b)',
    '[a](https://a.example.com)',
    '[a]: https://a.example.com',
    '![',
    '![a](b.png)',
  ],
  ...[
    '`',
    '*',
    '_',
    '~~',
    '\\',
    '\\[',
    '<',
    '>',
    '<https://a.example.com>',
    'https://a.example.com',
    '<script>',
    '</p>',
  ],
  ...[
    '&',
    '&amp;',
    '&#35;',
    ':',
    ': ',
    '"',
    "'",
    '- ',
    '1. ',
    '> ',
    '    ',
    '\t',
    ' ',
    '\n',
    '\n\n',
    '\n\n\n',
  ],
  ...[
    'null',
    'true',
    '2021',
    '|',
    '%',
    '@',
    '!',
    '{',
    '}',
    '?',
    ',',
    '【',
    '汉字',
    'é',
    '\u00a0',
    '\u3000',
    '🙂',
  ],
  ...['\u0000', '\u001b', '\u2028', '\ue000', '\ufeff', '\ud800', 'word', 'snake_case'],
];

const hostile = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    {
      maxLength: 14,
    },
  )
  .map((pieces) => pieces.join(''));
const words = hostile.map((text) => `${text}.`);
const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  hostile.map(
    (text) => `https://a.example.com/${encodeURI(text.toWellFormed())}?q=${text.toWellFormed()}&copy;=1`,
  ),
  fc.constantFrom(
    'https://a.example.com/x_(y)',
    'https://a.example.com/?a[]=`1`&b=\\',
    'https://a.example.com/*a*',
  ),
);
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const link = fc.record({ title: words, url });
const picture = fc.record({ src: words, alt: hostile });
const card = fc.record({ url, title: words, description: hostile, domain: words, image: nullable(picture) });
const item = fc.record({
  headline: words,
  url: nullable(url),
  source_title: nullable(words),
  image: nullable(picture),
  commentary: hostile,
  card: nullable(card),
});

/** Documents with texts made to break the form they are written in. */
export const arbitraryDocument: fc.Arbitrary<IssueDocument> = fc
  .record({
    locale: fc.constantFrom('en', 'de', 'zh-Hans', 'ar'),
    title: words,
    slug: fc.stringMatching(/^[a-z0-9][a-z0-9-]{3,20}$/).filter((slug) => SLUG.test(slug)),
    period: fc.constantFrom(null, '2021', '2021-06', '2021-W06'),
    preheader: hostile,
    intro: hostile,
    picks: fc.array(link, { maxLength: 2 }),
    sections: fc.array(fc.record({ title: hostile, items: fc.array(item, { maxLength: 3 }) }), {
      maxLength: 3,
    }),
    previous: nullable(link),
    next: nullable(link),
    round_ups: fc.array(link, { maxLength: 2 }),
    outro: hostile,
    source_url: nullable(url),
  })
  .filter((draft) => issueDocument.safeParse(draft).success)
  .map((draft) => issueDocument.parse(draft));
