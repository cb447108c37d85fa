import type { Tracking } from '../db/schema.ts';
import type { PublicationId } from '../ids.ts';
import type { Slot } from './slot.ts';

/** One newsletter: who it comes from, in which language, and when it goes out. */
export interface Publication {
  readonly id: PublicationId;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly from_name: string;
  readonly from_address: string;
  readonly reply_to: string | null;
  /** Stands in every letter (CAN-SPAM, 15 U.S.C. 7704); nothing is sent without one. */
  readonly postal_address: string | null;
  /** BCP 47. */
  readonly locale: string;
  /** IANA. */
  readonly timezone: string;
  readonly slot: Slot | null;
  /** A slot before this instant is not made up for. */
  readonly slot_since: Date;
  readonly unknown_policy: 'resend' | 'hold';
  /** The colour of its letters and pages, `#rrggbb`; null: the house's. */
  readonly accent: string | null;
  readonly is_default: boolean;
  /** A send goes to so many readers first, and to the others when their answers are good; 0: to all at once. */
  readonly canary_size: number;
  /** From when each of them was tried. */
  readonly canary_wait_minutes: number;
  /** Whether a send that runs is paused when too much of it goes wrong. */
  readonly breaker: boolean;
  /** How many outcomes there must be before the breaker judges. */
  readonly breaker_least: number;
  /** In per cent of the letters accepted or rejected; beyond it canary and breaker pause the send. */
  readonly rejected_limit: number;
  readonly bounced_limit: number;
  readonly complained_limit: number;
  /** A reader whose mailbox refuses letters on so many days within 30 gets no more of them. */
  readonly soft_bounce_days: number;
  /** What is counted of its letters' opens and clicks. */
  readonly tracking: Tracking;
}

/** What a publication's public paths start with: the default one stands at the root. */
export function basePath(publication: Pick<Publication, 'slug' | 'is_default'>): '' | `/p/${string}` {
  return publication.is_default ? '' : `/p/${publication.slug}`;
}
