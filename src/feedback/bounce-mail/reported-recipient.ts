import { classifyRefusal, type Verdict } from '../../replies/classify.ts';
import { findCodes } from '../../replies/find-codes.ts';
import type { StatusRecipient } from './delivery-status.ts';
import { stageIn } from './stage-words.ts';

/** One address that a mail reports on. */
export interface ReportedRecipient extends Verdict {
  /** As near to what we wrote as the report gets; '' where it is redacted. */
  readonly address: string;
  /** The enhanced status that was believed, such as "5.1.1". */
  readonly status: string | null;
  /** What the mail server said, at most 500 characters on one line. */
  readonly diagnostic: string;
}

/** So are all reports judged; for those that only warn see `onlyWaiting`. */
const givenUp = true;

/**
 * Judges a recipient of a DSN. What the remote server said (Diagnostic-Code) counts first, its codes before the
 * Status field, which gateways fill with "5.0.0" or 4.4.7 for everything; where it tells nothing, the notice's words do.
 */
export function judgeStatus(recipient: StatusRecipient, words: string): ReportedRecipient {
  const { address, status, diagnostic, badMailbox } = recipient;
  const stage = stageIn(diagnostic) ?? stageIn(words) ?? (badMailbox ? 'rcpt' : null);
  const own = findCodes(diagnostic);
  const category = badMailbox ? '5.1.1' : null;
  const enhanced = telling(own.enhanced) ?? telling(status) ?? category ?? own.enhanced ?? status;
  const said = classifyRefusal({ stage, code: own.code, enhanced, text: diagnostic, givenUp });
  if (said.evidence !== 'nothing') return recipientOf(address, said, enhanced, diagnostic);
  const printed = findCodes(words);
  const code = own.code ?? printed.code;
  const believed = telling(enhanced) ?? printed.enhanced ?? enhanced;
  const text = `${diagnostic} ${words}`;
  return recipientOf(
    address,
    classifyRefusal({ stage, code, enhanced: believed, text, givenUp }),
    believed,
    diagnostic || words,
  );
}

/** "5.0.0" only repeats that it failed. */
function telling(status: string | null): string | null {
  return status === null || /^\d\.0\./.test(status) ? null : status;
}

/** Judges by words alone. What a server said counts before the words around it, which offer help and name attachments. */
export function judgeWords(address: string, words: string): ReportedRecipient {
  const { code, enhanced } = findCodes(words);
  const stage = stageIn(words);
  const said = saidIn(words, code);
  const verdict = classifyRefusal({ stage, code, enhanced, text: said, givenUp });
  const judged =
    verdict.evidence === 'nothing'
      ? classifyRefusal({ stage, code, enhanced, text: words, givenUp })
      : verdict;
  return recipientOf(address, judged, enhanced, said);
}

/** From the reply code to the end of its paragraph, or to the next reply; everything where there is no code. */
function saidIn(words: string, code: number | null): string {
  const at = code === null ? -1 : words.search(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  if (at < 0) return words;
  const lines = words.slice(at).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && (line.trim() === '' || startsReply(line, code)));
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

function startsReply(line: string, besides: number | null): boolean {
  const [, code] = /^([45]\d\d) /.exec(line) ?? [];
  return code !== undefined && Number(code) !== besides;
}

/** A warning ends nothing, whatever it says. */
export function onlyWaiting(recipient: ReportedRecipient): ReportedRecipient {
  const unsaid = recipient.hard || recipient.class === 'unknown';
  return unsaid ? { ...recipient, class: 'temporary', hard: false } : recipient;
}

/** Named in a mail that is no bounce: a complaint, an automatic reply. */
export function namedIn(address: string, reason: string): ReportedRecipient {
  return {
    address,
    class: 'unknown',
    hard: false,
    status: null,
    reason,
    evidence: 'nothing',
    diagnostic: '',
  };
}

function recipientOf(
  address: string,
  verdict: Verdict,
  status: string | null,
  said: string,
): ReportedRecipient {
  return { address, ...verdict, status, diagnostic: said.replace(/\s+/g, ' ').trim().slice(0, 500) };
}
