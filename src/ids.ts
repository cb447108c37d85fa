import { Fault } from './result.ts';

/**
 * Row ids are bigints in Postgres and safe integers here, branded by what they name, so that a
 * subscriber's id in a send's place does not compile. People and programs see them with a letter in
 * front (`i12`, `s7`, `n5`), parsed back here and nowhere else.
 */
type Id<Noun extends string> = number & { readonly __noun: Noun };

export type PublicationId = Id<'publication'>;
export type EditorId = Id<'editor'>;
export type IssueId = Id<'issue'>;
export type RevisionId = Id<'revision'>;
export type EditionId = Id<'edition'>;
export type SubscriberId = Id<'subscriber'>;
export type ConsentId = Id<'consent'>;
export type SendId = Id<'send'>;
export type NoticeId = Id<'notice'>;
export type OutcomeEventId = Id<'outcome event'>;
export type RawEventId = Id<'raw event'>;
export type FeedbackEventId = Id<'feedback event'>;
export type LinkId = Id<'link'>;
export type VisitId = Id<'visit'>;
export type WebhookId = Id<'webhook'>;
export type WebhookEventId = Id<'webhook event'>;
export type WebhookCallId = Id<'webhook call'>;
export type CaughtMailId = Id<'caught mail'>;

/** Brands a number that comes from a column, a verified token or a checked job payload. */
export function asId<Brand extends Id<string>>(value: number): Brand {
  return value as Brand;
}

const LETTERS = {
  issue: 'i',
  send: 's',
  notice: 'n',
  subscriber: 'r',
  webhook: 'w',
  'webhook call': 'c',
} as const;
type Lettered = keyof typeof LETTERS;

export function showId(noun: Lettered, id: Id<string>): string {
  return `${LETTERS[noun]}${id}`;
}

/** The id in `i12`, or null where the text is not an id of that noun (a slug, say). */
export function readId<Brand extends Id<string>>(noun: Lettered, text: string): Brand | null {
  const match = /^([a-z])([1-9][0-9]{0,14})$/.exec(text);
  return match && match[1] === LETTERS[noun] ? asId<Brand>(Number(match[2])) : null;
}

/** As {@link readId}, for the edge where anything else is a wrong call. */
export function requireId<Brand extends Id<string>>(noun: Lettered, text: string): Brand {
  const id = readId<Brand>(noun, text);
  if (id === null) {
    throw new Fault(
      'bad_id',
      `"${text}" is not the id of a ${noun}: such an id looks like ${LETTERS[noun]}12.`,
    );
  }
  return id;
}
