import { addressesIn, distinct } from './addresses.ts';
import { returnedMessages } from './complaint.ts';
import { type MailHeaders, parseHeaders } from './mail-headers.ts';
import { type MailPart, ownParts } from './mail-parts.ts';

/** What may lead from a mail back to the delivery it is about, in the order of trust. */
export interface Traces {
  /**
   * Addresses that our envelope sender (VERP) may stand in: where this mail was delivered to, and where the returned message
   * came from. Trusted most, because the token in it is sealed.
   */
  readonly verpCandidates: readonly string[];
  /** Original-Envelope-Id, the ENVID that we gave (RFC 3461). */
  readonly envelopeId: string | null;
  /** Message-ID of the returned message, with its angle brackets; ours is derived from the delivery. */
  readonly messageId: string | null;
  /** List-Unsubscribe of the returned message: its link names the reader. */
  readonly listUnsubscribe: string | null;
}

const DELIVERED_TO = ['x-original-to', 'delivered-to', 'envelope-to', 'x-envelope-to', 'to', 'x-rcpt-to'];
const CAME_FROM = ['return-path', 'x-original-mail-from', 'errors-to', 'sender'];
const READ_TO = 64 * 1024;

/** @param printed the returned message's header where a notice prints it as text. */
export function findTraces(mail: MailPart, envelopeId: string | null, printed: MailHeaders | null): Traces {
  const returned = [...returnedHeaders(mail), ...(printed ? [printed] : [])];
  const first = (name: string) => returned.map((headers) => headers.get(name)).find(Boolean) ?? null;
  return {
    verpCandidates: distinct([
      ...DELIVERED_TO.flatMap((name) => mail.headers.all(name)).flatMap(addressesIn),
      ...returned.flatMap((headers) => CAME_FROM.flatMap((name) => headers.all(name))).flatMap(addressesIn),
      ...reportedSender(mail),
    ]).slice(0, 20),
    envelopeId,
    messageId: /<[^<>\s]{3,250}>/.exec(first('message-id') ?? '')?.[0] ?? null,
    listUnsubscribe: first('list-unsubscribe'),
  };
}

/** Headers of what is returned: an enclosed message, or its header alone (RFC 6522 text/rfc822-headers). */
export function returnedHeaders(mail: MailPart): readonly MailHeaders[] {
  const alone = ownParts(mail).filter(({ contentType }) =>
    /^(?:text\/rfc822-headers|message\/rfc822-headers|message\/global-headers)$/.test(contentType.type),
  );
  return [
    ...returnedMessages(mail).map(({ headers }) => headers),
    ...alone.map((part) => parseHeaders(part.text(READ_TO))),
  ];
}

/** Original-Mail-From of a feedback report (RFC 5965) and X-Postfix-Sender of a DSN. */
function reportedSender(mail: MailPart): readonly string[] {
  const reports = ownParts(mail).filter(({ contentType }) =>
    /^message\/(?:feedback-report|(?:global-)?delivery-status)$/.test(contentType.type),
  );
  const fields = reports.map((part) => parseHeaders(part.text(READ_TO).trim()));
  return fields
    .flatMap((headers) => [headers.get('original-mail-from'), headers.get('x-postfix-sender')])
    .flatMap(addressesIn);
}
