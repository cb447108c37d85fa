import { isAutoReply } from './auto-reply.ts';
import { DIALECTS } from './dialects.ts';
import type { MailHeaders } from './mail-headers.ts';
import { isMessage, type MailPart, ownParts } from './mail-parts.ts';
import type { NoticeText } from './notice-text.ts';

const SERVER_NAMES =
  /mailer-daemon|mail-daemon|maildaemon|mdaemon|postmaster|mail delivery|mail administrator|mmsc|undeliver|bounce/i;

/** True for what calls itself a mail server, or comes from nobody (`<>`), as reports must (RFC 3464 section 2). */
export function fromMailServer({ headers }: MailPart): boolean {
  const from = headers.get('from').trim();
  if (from === '' || from === '<>' || SERVER_NAMES.test(from)) return true;
  if (headers.get('x-failed-recipients') !== '' || headers.get('x-mlserver') !== '') return true; // X-MLServer: fml
  const nobody = headers.all('return-path').some((value) => value.trim() === '<>');
  return nobody && headers.get('in-reply-to') === '' && !isAutoReply(headers);
}

/** A person passed a bounce on; mail programs quote it then. */
export function isForwarded(headers: MailHeaders): boolean {
  return /^\s*(?:fwd?|wg|tr|rv|i|転送)\s*[:：]/i.test(headers.get('subject'));
}

/** A subject that only reports have, whoever sends them. */
const SUBJECTS =
  /delivery (?:failure|failed|warning|problem|status|notification|report|delayed)|undeliver|non-?delivery|non remis|mail failed|failed mail|failure notice|returned mail|unzustellbar|退信/i;

/** Where anybody may be the sender, only what stands at the top counts: people quote bounces. */
const TOP = 1_500;
const READ_TO = 16_000;

/** What a mail without a report says in words; null where it is neither a bounce nor a warning. */
export function kindOfWords(mail: MailPart, notice: NoticeText): 'bounce' | 'delayed' | null {
  const isReply = mail.headers.get('in-reply-to') !== '';
  const fromServer = fromMailServer(mail) || (!isReply && SUBJECTS.test(mail.headers.get('subject')));
  const returns = notice.returned !== null || ownParts(mail).some(isMessage);
  if (!fromServer && (!returns || isAutoReply(mail.headers))) return null;
  const text = fromServer ? `${mail.headers.get('subject')}\n${notice.words}` : notice.words.slice(0, TOP);
  const folded = text.slice(0, READ_TO).toLowerCase().replace(/[‘’]/g, "'").replace(/\s+/g, ' ');
  return DIALECTS.find(({ signs }) => signs.some((sign) => folded.includes(sign)))?.kind ?? null;
}
