import type { Judgement } from './reply-class.ts';

/** Replies whose code alone says something, where neither text nor enhanced status did. RFC 5321 4.2.3 unless named. */
const MEANINGS: Readonly<Record<number, Judgement>> = {
  421: { class: 'temporary', reason: 'service not available' },
  450: { class: 'temporary', reason: 'mailbox not available now' },
  451: { class: 'temporary', reason: 'local error' },
  452: { class: 'temporary', reason: 'not enough storage' },
  454: { class: 'temporary', reason: 'not available now' },
  500: { class: 'message', reason: 'command not understood' },
  501: { class: 'message', reason: 'bad parameters' },
  502: { class: 'message', reason: 'command not implemented' },
  503: { class: 'message', reason: 'commands out of order' },
  504: { class: 'message', reason: 'parameter not implemented' },
  521: { class: 'address-gone', reason: 'the host takes no mail' }, // RFC 7504
  525: { class: 'temporary', reason: 'account disabled' }, // RFC 5248
  530: { class: 'policy', reason: 'authentication required' }, // RFC 4954
  535: { class: 'policy', reason: 'authentication failed' }, // RFC 4954
  542: { class: 'address-gone', reason: 'user unknown' }, // MessageLabs: no such recipient
  552: { class: 'mailbox-full', reason: 'over its storage allocation' },
  556: { class: 'address-gone', reason: 'the domain takes no mail' }, // RFC 7504
};

export function replyCodeMeaning(code: number | null): Judgement | null {
  return code === null ? null : (MEANINGS[code] ?? null);
}
