import { oneLine, parseReply, showReply } from '../replies/reply.ts';
import type { Attempt } from './attempt.ts';
import type { WireReply } from './reply-reader.ts';

/** What a reply makes of a message's attempt. */

export function accepted(reply: WireReply): Attempt {
  const { code, enhanced, text } = parseReply(reply.text());
  return {
    kind: 'accepted',
    code,
    enhanced,
    reply: showReply({ code, enhanced, text }),
    server_id: serverId(text),
  };
}

export function refused(stage: 'rcpt' | 'data' | 'dot', reply: WireReply): Refusal {
  const parsed = parseReply(reply.text());
  // a bad sequence of commands says nothing of the message
  const permanent = parsed.code >= 500 && parsed.code !== 503;
  const { code, enhanced } = parsed;
  return { kind: 'refused', stage, permanent, code, enhanced, reply: showReply(parsed) };
}

export type Refusal = Extract<Attempt, { kind: 'refused' }>;

/** What is refused before a word is said, as this server would. */
export function refusedHere(code: number, enhanced: string, text: string): Refusal {
  const reply = `${code} ${enhanced} ${oneLine(text)}`;
  return { kind: 'refused', stage: 'data', permanent: true, code, enhanced, reply };
}

export function lost(afterFinalDot: boolean, reason: string): Attempt {
  return { kind: 'lost', after_final_dot: afterFinalDot, reason: oneLine(reason) };
}

export function serverFault(reason: string): Attempt {
  return { kind: 'server fault', reason: oneLine(reason) };
}

/** Postfix "queued as ID", Exim "id=ID", SES and others "Ok ID". */
function serverId(text: string): string | null {
  const named =
    /(?:queued as |\bid=)<?([\w.@-]{6,})/i.exec(text) ?? /^ok:? <?([\w.@-]*\d[\w.@-]*)>?$/i.exec(text);
  return named?.[1] ?? null;
}
