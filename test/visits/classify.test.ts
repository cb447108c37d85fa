import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify, type VisitFacts } from '../../src/visits/classify.ts';

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const OUTLOOK = 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)';
const quiet = { manyLinks: false, canaryLink: false };
const click: VisitFacts = {
  kind: 'click',
  method: 'GET',
  agent: CHROME,
  network: null,
  prefetch: false,
  since_send_s: 600,
  isFollowed: false,
  burst: quiet,
};
const open: VisitFacts = { ...click, kind: 'open' };
const soon = { isFollowed: true, since_send_s: 1 };

test.each<[string, VisitFacts, string, string]>([
  ['a click in a browser', click, 'human', 'nothing speaks against it'],
  ['an open in a browser', open, 'human', 'nothing speaks against it'],
  ['an open in Gmail', { ...open, agent: GMAIL }, 'human', 'opened in Gmail'],
  ['an open in Outlook', { ...open, agent: OUTLOOK }, 'human', 'opened in Outlook'],
  [
    'Outlook’s look at a link',
    { ...click, agent: OUTLOOK },
    'unknown',
    'a mail program looks before the browser',
  ],
  [
    'Apple’s fetch of a picture',
    { ...open, agent: 'Mozilla/5.0' },
    'unknown',
    'fetched by Apple Mail, opened or not',
  ],
  ['a click under that name', { ...click, agent: 'Mozilla/5.0' }, 'scanner', 'no browser’s name'],
  ['the hidden link', { ...click, kind: 'canary link' }, 'scanner', 'followed the hidden link'],
  [
    'a click beside the hidden link',
    { ...click, burst: { ...quiet, canaryLink: true } },
    'scanner',
    'followed the hidden link as well',
  ],
  ['many clicks', { ...click, burst: { ...quiet, manyLinks: true } }, 'scanner', 'many links within seconds'],
  [
    'an open among many clicks',
    { ...open, burst: { ...quiet, manyLinks: true } },
    'scanner',
    'many links within seconds',
  ],
  ['HEAD', { ...click, method: 'HEAD' }, 'scanner', 'asked for the head alone (HEAD)'],
  ['a prefetch', { ...click, prefetch: true }, 'scanner', 'fetched ahead, by its own word'],
  ['a click after a second', { ...click, ...soon }, 'scanner', 'sooner than anybody can read'],
  ['an open after a second', { ...open, ...soon }, 'human', 'nothing speaks against it'],
  ['a click soon after the send began', { ...click, since_send_s: 1 }, 'human', 'nothing speaks against it'],
  ['a filter’s network', { ...click, network: 'Barracuda' }, 'scanner', 'from Barracuda’s network'],
  [
    'the same network a day later',
    { ...click, network: 'Barracuda', since_send_s: 86_400 },
    'scanner',
    'from Barracuda’s network',
  ],
  [
    'a network that shows pages, soon',
    { ...click, network: 'Mimecast' },
    'scanner',
    'from Mimecast’s network',
  ],
  [
    'a network that shows pages, late',
    { ...click, network: 'Mimecast', since_send_s: 7200 },
    'unknown',
    'from Mimecast’s network, late',
  ],
  ['no name', { ...click, agent: '' }, 'scanner', 'said nothing of itself'],
  ['curl', { ...click, agent: 'curl/8.5.0' }, 'scanner', 'a program, not a browser'],
  ['Slack', { ...click, agent: 'Slackbot-LinkExpanding 1.0' }, 'scanner', 'a link preview (Slack)'],
  ['an unfamiliar name', { ...click, agent: 'Reader 3' }, 'unknown', 'no browser that is known'],
])('%s', (_name, visit, of, reason) => {
  expect(classify(visit)).toEqual({ class: of, reason });
});

const facts = fc.record({
  kind: fc.constantFrom('open', 'click', 'canary link'),
  method: fc.constantFrom('GET', 'HEAD'),
  agent: fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom(CHROME, GMAIL, OUTLOOK, 'Mozilla/5.0')),
  network: fc.option(fc.constantFrom('Barracuda', 'Mimecast', 'of a release that is gone')),
  prefetch: fc.boolean(),
  since_send_s: fc.option(fc.integer()),
  isFollowed: fc.boolean(),
  burst: fc.record({ manyLinks: fc.boolean(), canaryLink: fc.boolean() }),
}) satisfies fc.Arbitrary<VisitFacts>;

test('every visit has a class and a reason', () => {
  fc.assert(
    fc.property(facts, (visit) => {
      expect(classify(visit).reason).not.toBe('');
    }),
  );
});

test('who does what only programs do is never called a person', () => {
  fc.assert(
    fc.property(facts, (visit) => {
      const tells = visit.method === 'HEAD' || visit.prefetch || visit.kind === 'canary link';
      if (tells || visit.burst.manyLinks || visit.burst.canaryLink || visit.network !== null)
        expect(classify(visit).class).not.toBe('human');
    }),
  );
});
