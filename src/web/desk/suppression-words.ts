import type { SuppressionReason } from '../../db/leaving-tables.ts';
import type { SubscriberStatus } from '../../db/schema.ts';
import type { Tone } from './issue-state.ts';

/** Why no letter goes to an address, as an editor reads it. */
export const SUPPRESSED: Readonly<Record<SuppressionReason, { readonly tag: string; readonly why: string }>> =
  {
    bounce: { tag: 'bounced', why: 'The mail server there says that this mailbox does not exist.' },
    complaint: { tag: 'complained', why: 'This reader reported a letter as spam.' },
    erased: { tag: 'erased', why: 'This reader asked to be erased.' },
    manual: { tag: 'by hand', why: 'This address was blocked by hand.' },
  };

export const STATUS_TONES: Readonly<Record<SubscriberStatus, Tone>> = {
  active: 'good',
  pending: 'wait',
  unsubscribed: '',
  bounced: 'bad',
  complained: 'bad',
};
