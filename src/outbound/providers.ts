/**
 * Who receives the mail of a domain: readers sit with few providers, and each of them answers in a way of its
 * own. Facts as data: the consumer domains that a provider itself names, with the page that does so. Domains
 * of companies at the same provider are not told apart by name, and are `other`.
 */
const DOMAINS = {
  // support.google.com/a/answer/81126: "personal Gmail accounts", @gmail.com or @googlemail.com
  gmail: ['gmail.com', 'googlemail.com'],
  // techcommunity.microsoft.com, blog 4399730: outlook.com, hotmail.com and live.com "consumer domain addresses";
  // the others are what Outlook.com gave out in Europe and before 2013
  outlook: [
    ...['outlook.com', 'outlook.de', 'outlook.fr', 'outlook.es', 'outlook.it', 'outlook.jp', 'msn.com'],
    ...['hotmail.com', 'hotmail.co.uk', 'hotmail.de', 'hotmail.fr', 'hotmail.es', 'hotmail.it'],
    ...['live.com', 'live.co.uk', 'live.de', 'live.fr', 'live.it', 'live.nl', 'live.se'],
  ],
  // senders.yahooinc.com: Yahoo and AOL brands; yahoo.co.jp is another company's
  yahoo: [
    ...['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'yahoo.co.uk', 'yahoo.de', 'yahoo.fr'],
    ...['yahoo.es', 'yahoo.it', 'yahoo.ca', 'yahoo.co.in', 'yahoo.in', 'yahoo.com.br', 'yahoo.com.au'],
  ],
  // support.apple.com/118230: "@icloud.com, @me.com, and @mac.com"
  icloud: ['icloud.com', 'me.com', 'mac.com'],
  // postmaster.gmx.net and postmaster.web.de: one operator, 1&1 Mail & Media, with mail.com
  gmx: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch', 'gmx.com', 'gmx.co.uk', 'gmx.fr', 'web.de', 'mail.com'],
} as const;

export type Provider = keyof typeof DOMAINS | 'other';

const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  Object.entries(DOMAINS).flatMap(([provider, domains]) =>
    domains.map((domain) => [domain, provider as Provider] as const),
  ),
);

/** The provider that receives mail for this address, by its domain. */
export function providerOf(email: string): Provider {
  return PROVIDERS.get(email.slice(email.lastIndexOf('@') + 1).toLowerCase()) ?? 'other';
}

/** The same facts as two columns, for a statement that sorts readers by their providers. */
export const PROVIDER_COLUMNS = {
  domains: [...PROVIDERS.keys()] as readonly string[],
  providers: [...PROVIDERS.values()] as readonly Provider[],
};

/** Who limits the mail to this address: its provider, or else its domain, for each company's server is its own. */
export function receiverOf(email: string): string {
  const provider = providerOf(email);
  return provider === 'other' ? email.slice(email.lastIndexOf('@') + 1).toLowerCase() : provider;
}
