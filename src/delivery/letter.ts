import type { KeyObject } from 'node:crypto';
import { type SubscriberId, showId } from '../ids.ts';
import type { OutgoingMessage } from '../mail/attempt.ts';
import type { Signer } from '../outbound/dkim.ts';
import { feedbackId, listId, messageId } from '../outbound/message-names.ts';
import { compileLetter, type Letter, type Template } from '../outbound/stamp.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { escapeHtml, type SlotName, splitSlots } from '../rendering/slots.ts';
import type { BounceAddresses } from '../tokens/bounce-address.ts';
import type { Tokens } from '../tokens.ts';
import type { FrozenEdition } from './freeze-store.ts';
import type { ReaderNow } from './ledger-store.ts';
import type { Send } from './send-store.ts';
import { countedPieces, type VisitSlot, visitAddresses } from './visit-addresses.ts';

/** What all letters of a send have in common, read once when a batch is claimed. */
export interface LetterContext {
  readonly send: Send;
  readonly publication: Publication;
  readonly editions: readonly FrozenEdition[];
  readonly saltKey: KeyObject;
  readonly tokens: Tokens;
  readonly bounces: BounceAddresses | null;
  readonly signer: Signer | null;
  readonly publicUrl: string;
}

/** Makes one reader's letter, signed, in its envelope, and ready for the wire. */
export type StampLetter = (reader: ReaderNow, date: Date) => Promise<OutgoingMessage>;

/**
 * Compiles each edition when its first reader comes; from then on a letter is joined from encoded pieces. What is counted
 * without the reader is the same in all letters of a send and costs nothing more; who agreed to be followed has links of
 * their own.
 */
export function letterStamper(context: LetterContext): StampLetter {
  const compiled = new Map<string, ReturnType<typeof compileEdition>>();
  return async (reader, date) => {
    const edition = editionFor(context, reader.locale);
    const followed = reader.followed && context.publication.tracking === 'individual';
    const key = `${edition.id} ${followed}`;
    const stamp = compiled.get(key) ?? compileEdition(context, edition, followed);
    compiled.set(key, stamp);
    const values = readerLinks(context, reader.id);
    const row = `d${context.send.id}.${reader.id}`;
    const delivery = { kind: 'delivery', send: context.send.id, subscriber: reader.id } as const;
    const own = {
      to: { name: reader.name, address: reader.email },
      message_id: messageId(row, context.saltKey, context.publication.from_address),
      date,
      unsubscribe_url: values.unsubscribe,
      unsubscribe_mail: context.bounces?.makeLeave(delivery) ?? null,
      values: followed ? { ...values, ...visitAddresses(context, edition, reader.id) } : values,
    };
    const raw = await stamp(own);
    // an envelope sender of its own for each delivery, where there is a domain for it
    const from = context.bounces?.make(delivery) ?? context.publication.from_address;
    return { from, to: reader.email, raw, envid: row };
  };
}

/** @param followed its counted addresses stay open, for each reader's own; else they are filled in for all. */
function compileEdition(context: LetterContext, edition: FrozenEdition, followed: boolean) {
  const { send, publication, signer, publicUrl } = context;
  const { name, slug, from_name, from_address, reply_to } = publication;
  const fixed: Fixed = {
    origin: publicUrl,
    base: publicUrl + basePath(publication),
    ...(followed ? {} : visitAddresses(context, edition, null)),
  };
  const html = publication.tracking === 'off' ? splitSlots(edition.html) : countedPieces(edition);
  const letter: Letter<ReaderSlot> = {
    from: { name: from_name, address: from_address },
    reply_to,
    subject: edition.subject,
    text: filled(splitSlots(edition.text), fixed, (value) => value),
    html: filled(html, fixed, escapeHtml),
    escapeHtml,
    list: { id: listId(slug, from_address), name },
    feedback_id: feedbackId(showId('issue', send.issue_id), slug, from_address),
  };
  return compileLetter(letter, signer);
}

/** What differs from reader to reader. */
type ReaderSlot = 'unsubscribe' | 'preferences' | VisitSlot;
type Fixed = Readonly<Record<'origin' | 'base', string> & Partial<Record<VisitSlot, string>>>;

/** What is the same for all readers is filled in; only their own links stay open. */
function filled(
  pieces: Template<SlotName | VisitSlot>,
  fixed: Fixed,
  encode: (value: string) => string,
): Template<ReaderSlot> {
  const template: (string | { readonly slot: ReaderSlot })[] = [''];
  for (const piece of pieces) {
    const part = fillPiece(piece, fixed, encode);
    const last = template.at(-1);
    if (typeof part === 'string' && typeof last === 'string') template[template.length - 1] = last + part;
    else template.push(part);
  }
  return template;
}

function fillPiece(
  piece: string | { readonly slot: SlotName | VisitSlot },
  fixed: Fixed,
  encode: (value: string) => string,
): string | { readonly slot: ReaderSlot } {
  if (typeof piece === 'string') return piece;
  const { slot } = piece;
  if (slot === 'unsubscribe' || slot === 'preferences') return { slot };
  if (slot === 'origin' || slot === 'base') return encode(fixed[slot]);
  const value = fixed[slot];
  return value === undefined ? { slot } : encode(value);
}

/** The reader's own language if there is an edition in it ("de" serves "de-AT"), else the publication's. */
function editionFor({ editions, publication }: LetterContext, locale: string): FrozenEdition {
  const language = locale.split('-')[0];
  const wanted = [locale, language, publication.locale];
  const edition =
    wanted.map((tag) => editions.find((one) => one.locale === tag)).find(Boolean) ?? editions[0];
  if (!edition) throw new Error('a send without a frozen edition');
  return edition;
}

function readerLinks({ publication, publicUrl, tokens }: LetterContext, id: SubscriberId) {
  const base = publicUrl + basePath(publication);
  return {
    unsubscribe: `${base}/unsubscribe/${tokens.make('unsubscribe', id)}`,
    preferences: `${base}/preferences/${tokens.make('preferences', id)}`,
  };
}
