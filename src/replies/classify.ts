import { aboutAddress, type StatusJudgement, statusMeaning } from './enhanced-codes.ts';
import { findPhrase, type PhraseGroup, readableText } from './phrase.ts';
import { GONE_PHRASES, UNAVAILABLE_PHRASES } from './phrases/address-gone.ts';
import { TEMPORARY_PHRASES } from './phrases/temporary.ts';
import { TELLING_PHRASES, VAGUE_PHRASES } from './phrases.ts';
import type { Judgement, ReplyClass } from './reply-class.ts';
import { replyCodeMeaning } from './reply-codes.ts';

/** The command that was answered; before RCPT nothing is said of the address, after DATA hardly. */
export type Stage = 'connect' | 'helo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot';

export interface Refusal {
  /** Null where it is not known; words that are no stage count so (`connection`, `age`). */
  readonly stage: string | null;
  /** The reply code of RFC 5321, null where there was none. */
  readonly code: number | null;
  /** The enhanced status of RFC 3463, such as "5.1.1"; a DSN's Status field. */
  readonly enhanced: string | null;
  /** What the server said, in any language, codes included or not. */
  readonly text: string;
  /** True where the server that reports it has stopped trying: "not found for now" is over. */
  readonly givenUp?: boolean;
}

export interface Verdict extends Judgement {
  /** True where the address itself is gone: never mail it again. The same as `address-gone`. */
  readonly hard: boolean;
  /** What told so: words that the tables know, a code, or nothing but that it was refused. */
  readonly evidence: 'words' | 'code' | 'nothing';
}

const BEFORE_RCPT: readonly string[] = ['connect', 'helo', 'auth', 'mail'] satisfies Stage[];

/**
 * The class of a refusal. Telling words are believed before any code, because "5.1.1" and "5.7.1" are both
 * written for everything; then a code with one meaning; then vague words; then vague codes. "5xx is hard" would be
 * right for 39 of 100 labelled refusals.
 */
export function classifyRefusal(refusal: Refusal): Verdict {
  const { code, enhanced } = refusal;
  const text = [code, enhanced, readableText(refusal.text)].filter(Boolean).join(' ');
  const status = statusMeaning(enhanced);
  const told = tellingPhrase(text, refusal, status);
  if (told) return judge(weighWords(told, refusal, status), refusal, 'words');
  if (status?.precise) return judge(status, refusal, 'code');
  const hinted = findPhrase(text, VAGUE_PHRASES);
  if (hinted && !isDisabled(hinted, status))
    return judge(weighWords(hinted, refusal, status), refusal, 'words');
  const coded = status ?? replyCodeMeaning(code);
  return judge(coded ?? fallback(refusal), refusal, coded ? 'code' : 'nothing');
}

/**
 * Help after "user unknown" speaks of senders and policies too ("check it and try again"): words and a code about the
 * address outweigh it, and words of networks and queues by the code alone.
 */
function tellingPhrase(
  text: string,
  { enhanced }: Refusal,
  status: StatusJudgement | null,
): PhraseGroup | null {
  const told = findPhrase(text, TELLING_PHRASES);
  if (!told || !status?.precise || status.class !== 'address-gone') return told;
  if (TEMPORARY_PHRASES.includes(told)) return aboutAddress(enhanced) ? null : told;
  const gone = told.class === 'policy' ? findPhrase(text, GONE_PHRASES) : null;
  return gone && !gone.aboutHost ? gone : told;
}

/** "Mailbox not available" with X.2.1 is a mailbox that is there, and closed. */
function isDisabled(words: PhraseGroup, status: StatusJudgement | null): boolean {
  return UNAVAILABLE_PHRASES.includes(words) && status?.class === 'temporary';
}

/** Codes for a full mailbox, for the letter and for the sender, each with one meaning. */
const NOT_THE_ADDRESS: readonly ReplyClass[] = ['mailbox-full', 'message', 'policy'];

/**
 * "User unknown" needs a second witness: a status about the address, or that RCPT was what the server answered.
 * Filters write the same words after DATA to senders whom they do not like (Japanese carriers for one). Words that one
 * provider alone uses, or a mail server of its own mailboxes, need none. A name that cannot be resolved now may be
 * tomorrow, unless a server has given up, and a status about the sender (X.1.8) tells whose name it is.
 */
function weighWords(words: PhraseGroup, refusal: Refusal, status: StatusJudgement | null): Judgement {
  const { stage, enhanced, givenUp = false } = refusal;
  if (words.class !== 'address-gone') return words;
  if (status?.precise && NOT_THE_ADDRESS.includes(status.class)) return status;
  if (words.aboutHost && isForNow(enhanced, givenUp))
    return { class: 'temporary', reason: `${words.reason}, for now` };
  const believed = words.aboutHost || words.sure || (words.ownMailboxes && stage === null);
  const witnessed = believed || stage === 'rcpt' || aboutAddress(enhanced);
  return witnessed ? words : { class: 'unknown', reason: `${words.reason}, by words alone` };
}

/** Postfix reports 4.4.3 after days of asking; Gmail writes 4.0.0 for a domain that it would ask for again. */
function isForNow(enhanced: string | null, givenUp: boolean): boolean {
  return enhanced?.startsWith('4.') === true && !(givenUp && /^4\.[14]\./.test(enhanced));
}

/** Nobody has named the address before RCPT: what is said there is said of the sender. */
function judge(judgement: Judgement, { stage }: Refusal, evidence: Verdict['evidence']): Verdict {
  const early = stage !== null && BEFORE_RCPT.includes(stage);
  const { class: replyClass, reason }: Judgement =
    early && judgement.class === 'address-gone'
      ? { class: 'policy', reason: 'refused before it knew the address' }
      : judgement;
  return { class: replyClass, hard: replyClass === 'address-gone', reason, evidence };
}

function fallback({ stage, code, enhanced }: Refusal): Judgement {
  const passing = enhanced?.startsWith('4.') || (code !== null && code >= 400 && code <= 499);
  if (passing) return { class: 'temporary', reason: 'deferred' };
  if (stage !== null && BEFORE_RCPT.includes(stage))
    return { class: 'policy', reason: 'the sender was refused' };
  return { class: 'unknown', reason: 'refused' };
}
