/**
 * What a User-Agent says of who asks. Facts as data, each with its source, all read on 2026-11-23. Tokens are plain text, found
 * in whatever case. A scanner that calls itself a browser, as Safe Links, Mimecast and Proofpoint do, is found by what it
 * does (`burst.ts`) or by where it comes from (`networks.ts`).
 */
export type AgentKind =
  /** A filter that looks at mail before, or instead of, its reader. */
  | 'mail filter'
  /** Draws a card of a link that somebody passed on, or looks at it before a browser does. */
  | 'previewer'
  | 'crawler'
  /** A library or a tool. */
  | 'program'
  /** Fetches a mail's pictures when its reader opens it, for the reader. */
  | 'picture proxy'
  /** Fetches pictures whether or not the mail is ever opened. */
  | 'prefetching proxy'
  /** A program that shows mail. */
  | 'mail program'
  | 'browser'
  | 'none'
  | 'unfamiliar';

export interface Agent {
  readonly kind: AgentKind;
  /** Whose it is; empty for browsers and for what nobody knows. */
  readonly name: string;
}

type Row = readonly [token: string, kind: AgentKind, name: string, source: string];

/** The first that is found counts: what is more telling stands further up. */
const TOKENS: readonly Row[] = [
  ['Barracuda Sentinel', 'mail filter', 'Barracuda', 'github.com/JayBizzle/Crawler-Detect/issues/552'],
  ['BarracudaCentral', 'mail filter', 'Barracuda', 'its crawler’s own name for itself'],
  ['Mimecast', 'mail filter', 'Mimecast', 'its crawler’s own name for itself'],
  ['Proofpoint', 'mail filter', 'Proofpoint', 'its crawler’s own name for itself'],
  ['Gmail-content-sampling', 'mail filter', 'Gmail', 'stackoverflow.com/questions/63184772'],
  // Edge 12 is of 2015; the two words behind it are in no browser's name
  ['Edge/12.246 Mozilla/5.0', 'mail filter', 'Gmail', 'github.com/jdavidbakr/mail-tracker/issues/255'],
  ['SpamExperts', 'mail filter', 'SpamExperts', 'github.com/JayBizzle/Crawler-Detect pull 282'],
  ['CMLINKCHECK', 'crawler', 'ClickMagick', 'github.com/browscap/browscap/issues/1730'],
  ['BingPreview', 'previewer', 'Outlook.com', 'github.com/phpList/phplist3/issues/415'],
  [
    'Microsoft Office Existence Discovery',
    'previewer',
    'Microsoft Office',
    'MSDN, vsofficedeveloper, 2008-03-11',
  ],
  [
    'Microsoft Office Protocol Discovery',
    'previewer',
    'Microsoft Office',
    'webmasters.stackexchange.com/questions/71112',
  ],
  ['SkypeUriPreview', 'previewer', 'Teams and Skype', 'its own name for itself'],
  ['Slackbot', 'previewer', 'Slack', 'api.slack.com/robots'],
  ['Slack-ImgProxy', 'previewer', 'Slack', 'api.slack.com/robots'],
  [
    'facebookexternalhit',
    'previewer',
    'Facebook',
    'developers.facebook.com/docs/sharing/webmasters/web-crawlers',
  ],
  ['Twitterbot', 'previewer', 'Twitter', 'webmasterid.com/user-agents/social-preview-bot-user-agents'],
  ['LinkedInBot', 'previewer', 'LinkedIn', 'webmasterid.com/user-agents/social-preview-bot-user-agents'],
  ['Discordbot', 'previewer', 'Discord', 'webmasterid.com/user-agents/social-preview-bot-user-agents'],
  ['WhatsApp/', 'previewer', 'WhatsApp', 'its own name for itself'],
  ['TelegramBot', 'previewer', 'Telegram', 'its own name for itself'],
  ['GoogleMessages/', 'previewer', 'Google Messages', 'braze.com/docs, bot click filtering'],
  ['GoogleImageProxy', 'picture proxy', 'Gmail', 'scientiamobile.com/what-is-google-image-proxy'],
  ['YahooMailProxy', 'picture proxy', 'Yahoo Mail', 'help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
  ['HeadlessChrome', 'program', 'headless Chrome', 'its own name for itself'],
  ['curl/', 'program', 'curl', 'its own name for itself'],
  ['Wget/', 'program', 'Wget', 'its own name for itself'],
  ['python-requests', 'program', 'Python', 'braze.com/docs, bot click filtering'],
  ['Python/', 'program', 'Python', 'aiohttp’s own name for itself'],
  ['python-urllib', 'program', 'Python', 'its own name for itself'],
  ['python-httpx', 'program', 'Python', 'its own name for itself'],
  ['Go-http-client', 'program', 'Go', 'its own name for itself'],
  ['Java/', 'program', 'Java', 'its own name for itself'],
  ['okhttp', 'program', 'OkHttp', 'its own name for itself'],
  ['Apache-HttpClient', 'program', 'Java', 'its own name for itself'],
  ['libwww-perl', 'program', 'Perl', 'its own name for itself'],
  ['axios/', 'program', 'JavaScript', 'its own name for itself'],
  ['node-fetch', 'program', 'JavaScript', 'its own name for itself'],
  ['lua-resty-http', 'program', 'Lua', 'its own name for itself'],
  // what crawlers have in their names and browsers do not: RFC 9110 section 10.1.5 leaves the name to the maker
  ['crawler', 'crawler', '', 'words that crawlers call themselves by'],
  ['spider', 'crawler', '', 'words that crawlers call themselves by'],
  ['scanner', 'crawler', '', 'words that crawlers call themselves by'],
  ['bot/', 'crawler', '', 'words that crawlers call themselves by'],
  ['Microsoft Outlook', 'mail program', 'Outlook', 'its own name for itself'],
  ['MSOffice', 'mail program', 'Outlook', 'its own name for itself'],
  ['ms-office', 'mail program', 'Outlook', 'webmasters.stackexchange.com/questions/71112'],
  ['Thunderbird', 'mail program', 'Thunderbird', 'its own name for itself'],
];

const lowered = TOKENS.map(([token, kind, name]) => ({ token: token.toLowerCase(), kind, name }));

/** Apple's Mail Privacy Protection asks for each picture through proxies, by this and nothing else (help.socketlabs.com). */
const APPLE_PROXY = /^Mozilla\/5\.0$/;
const BROWSER = /^(?:Mozilla\/\d\.\d|Opera\/\d+\.\d+) \(/;

export function agentOf(text: string): Agent {
  const agent = text.trim();
  if (agent === '') return { kind: 'none', name: '' };
  if (APPLE_PROXY.test(agent)) return { kind: 'prefetching proxy', name: 'Apple Mail' };
  const low = agent.toLowerCase();
  const found = lowered.find(({ token }) => low.includes(token));
  if (found) return { kind: found.kind, name: found.name };
  return { kind: BROWSER.test(agent) ? 'browser' : 'unfamiliar', name: '' };
}
