import { readHeaders } from './bounce-mail/mail-headers.ts';

/** What a list shows of a mail that came in. */
export interface MailHead {
  readonly from: string;
  readonly subject: string;
}

const LONGEST = 200;

/** @param raw a mail, or as much of it as has its header. */
export function readMailHead(raw: Buffer): MailHead {
  const { headers } = readHeaders(raw);
  const field = (name: string) => headers.get(name).slice(0, LONGEST);
  return { from: field('from'), subject: field('subject') };
}
