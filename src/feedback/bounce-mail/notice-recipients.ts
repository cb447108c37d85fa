import { addressesIn, distinct, sameAddress } from './addresses.ts';

/** Lines on which mail servers write who did not get it, the plainest first. `%` stands for the address. */
const ADDRESS = String.raw`["'<]{0,3}([^\s<>()[\]"',;:@\\]{1,64}@[a-z0-9_][a-z0-9._-]{0,254})["'>]{0,3}`;

const SHAPES: readonly RegExp[] = [
  // Sendmail's transcript: "550 5.1.1 <a@b.example>... User unknown"
  `^[45]\\d\\d[ -](?:[45]\\.\\d{1,3}\\.\\d{1,3}\\s)?%\\s?\\.\\.\\.`,
  // Exim, Gmail, Yahoo, Postfix, qmail, GMX, OpenSMTPD: the address starts the line
  `^[\\s*•-]{0,20}%(?:<mailto:[^>]{0,320}>)?\\s{0,5}(?::|\\.\\.\\.|<|$)`,
  // Exchange 5.5 to 2003: "a@b.example on Thu, 29 Apr"; Zoho: "a@b.example Invalid Address"
  `^[\\s*•-]{0,20}%\\s{1,5}(?:on\\b|at\\b|\\(|\\[|-|invalid|failed|because|user|mailbox|unknown)`,
  // iMail, m-FILTER, KDDI, Messaging Server, Lotus, SurfControl
  `^[\\s*•>-]{0,20}(?:final |original |failed |intended )?(?:recipients?|recipient address|addressed to|address|user|unknown user|unknown local part|invalid final delivery userid|mailbox|delivery failed|delivery to|rcpt to|送信先|宛先|empfänger|destinataire|destinatario|получатель)(?:\\s{0,5}[:：]\\s{0,5}|\\s{1,5})%`,
  // in a sentence: "could not be delivered to: <a@b.example>", "delivering your mail to <a@b.example>"
  `(?:deliver\\w*|delivery|undeliverable|recipients?|errors?|failed|sent|send|reach\\w*|user|mailbox|addresse?s?)\\b[^@]{0,80}[\\s:<"']%`,
  // X.400 through Exchange, MailEnable: "dda:SMTP=a@b.example;", "[SMTP:a@b.example]"
  `\\bsmtp[=:]%`,
  // Yahoo, Exchange: the returned letter's own line
  `^[\\s>]{0,20}to\\s{0,3}:\\s{0,10}%`,
].map((shape) => new RegExp(shape.replace('%', ADDRESS), 'i'));

const LONGEST_LINE = 600;
const MOST_LINES = 400;

/** Who a notice names, without those who cannot have bounced (we, the mail server). In its order. */
export function namedRecipients(words: string, besides: readonly string[]): readonly string[] {
  const lines = words.split(/\r\n|\n|\r/, MOST_LINES).map((line) => line.slice(0, LONGEST_LINE));
  const others = (address: string) =>
    !besides.some((other) => sameAddress(other, address)) && !OF_A_SERVER.test(address);
  for (const shape of SHAPES) {
    const found = lines.map((line) => trimmed(shape.exec(line)?.[1] ?? '')).filter(others);
    if (found.some(Boolean)) return distinct(found);
  }
  return distinct(addressesIn(words).filter(others)).slice(0, 1);
}

const OF_A_SERVER = /^(?:mailer-daemon|postmaster|abuse|support|helpdesk|double-bounce)@/i;

function trimmed(address: string): string {
  return address.replace(/[.-]+$/, '').replace(/^smtp=/i, '');
}

/** What a notice says of one recipient: each line that names it, and what follows until another is named. */
export function wordsAbout(words: string, address: string, all: readonly string[]): string {
  if (all.length < 2) return words;
  const others = all.filter((other) => !sameAddress(other, address)).map((other) => other.toLowerCase());
  const about: string[] = [];
  let open = false;
  for (const line of words.split(/\r\n|\n|\r/, MOST_LINES)) {
    const folded = line.toLowerCase();
    if (folded.includes(address.toLowerCase())) open = true;
    else if (others.some((other) => folded.includes(other))) open = false;
    if (open) about.push(line);
  }
  return about.length > 0 ? about.join('\n') : words;
}
