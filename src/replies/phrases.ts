import type { PhraseGroup } from './phrase.ts';
import {
  GONE_PHRASES,
  GONE_SENTENCES,
  SURE_GONE_PHRASES,
  UNAVAILABLE_PHRASES,
  VAGUE_GONE_PHRASES,
} from './phrases/address-gone.ts';
import { FULL_PHRASES } from './phrases/mailbox-full.ts';
import { MESSAGE_PHRASES } from './phrases/message.ts';
import { POLICY_PHRASES, VAGUE_POLICY_PHRASES } from './phrases/policy.ts';
import { NOT_YET_PHRASES, SUSPENDED_PHRASES, TEMPORARY_PHRASES } from './phrases/temporary.ts';

/**
 * Words that tell, in the order of belief: who names a size, a blocklist, SPF or a rate means it, whatever else
 * stands beside; a full or disabled mailbox exists; what ended in a queue says least of all.
 */
export const TELLING_PHRASES: readonly PhraseGroup[] = [
  ...GONE_SENTENCES,
  ...NOT_YET_PHRASES,
  ...FULL_PHRASES,
  ...MESSAGE_PHRASES,
  ...POLICY_PHRASES,
  ...SURE_GONE_PHRASES,
  ...SUSPENDED_PHRASES,
  ...GONE_PHRASES,
  ...TEMPORARY_PHRASES,
];

/** Words that a code with one meaning overrules. */
export const VAGUE_PHRASES: readonly PhraseGroup[] = [
  ...VAGUE_POLICY_PHRASES,
  ...UNAVAILABLE_PHRASES,
  ...VAGUE_GONE_PHRASES,
];
