import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AgentKind, agentOf } from '../../src/visits/agents.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

test.each<[string, AgentKind, string]>([
  [CHROME, 'browser', ''],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'browser',
    '',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36',
    'browser',
    '',
  ],
  ['Mozilla/5.0', 'prefetching proxy', 'Apple Mail'],
  [
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'picture proxy',
    'Gmail',
  ],
  ['YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html', 'picture proxy', 'Yahoo Mail'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0',
    'mail filter',
    'Gmail',
  ],
  ['Barracuda Sentinel (EE)', 'mail filter', 'Barracuda'],
  [
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b',
    'previewer',
    'Outlook.com',
  ],
  ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', 'previewer', 'Slack'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'crawler', ''],
  ['Microsoft Office Existence Discovery', 'previewer', 'Microsoft Office'],
  ['Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)', 'mail program', 'Outlook'],
  ['curl/8.5.0', 'program', 'curl'],
  ['python-requests/2.32.3', 'program', 'Python'],
  ['', 'none', ''],
  ['  ', 'none', ''],
  ['SomethingElse', 'unfamiliar', ''],
])('%s is a %s', (text, kind, name) => {
  expect(agentOf(text)).toEqual({ kind, name });
});

test('whatever a visitor calls itself is read, in any case', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(agentOf(text)).toBeDefined();
    }),
  );
});

test('a token is found wherever it stands, in whatever case', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ 0-9]{0,20}$/), fc.boolean(), (around, upper) => {
      const text = `${around}curl/8${around}`;
      expect(agentOf(upper ? text.toUpperCase() : text).kind).toBe('program');
    }),
  );
});
