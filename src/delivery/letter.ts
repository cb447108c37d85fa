import type { SendId, SubscriberId } from '../ids.ts';
import { showId } from '../ids.ts';
import { composeMessage, feedbackId, listId, messageId } from '../outbound/compose.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { fillHtml, fillText } from '../rendering/slots.ts';
import type { Tokens } from '../tokens.ts';
import type { FrozenEdition } from './freeze-store.ts';
import type { ReaderNow } from './ledger-store.ts';
import type { Send } from './send-store.ts';

/** What all letters of a send have in common, read once when a batch is claimed. */
export interface LetterContext {
  readonly send: Send;
  readonly publication: Publication;
  readonly editions: readonly FrozenEdition[];
  readonly salt: Buffer;
  readonly tokens: Tokens;
  readonly publicUrl: string;
}

/** One reader's letter, ready for the wire. */
export function composeLetter(context: LetterContext, reader: ReaderNow, date: Date): Promise<Buffer> {
  const { send, publication, publicUrl } = context;
  const edition = editionFor(context, reader.locale);
  const links = readerLinks(context, reader.id);
  const slots = { origin: publicUrl, base: publicUrl + basePath(publication), ...links };
  return composeMessage({
    from: { name: publication.from_name, address: publication.from_address },
    reply_to: publication.reply_to,
    to: { name: reader.name, address: reader.email },
    subject: edition.subject,
    html: fillHtml(edition.html, slots),
    text: fillText(edition.text, slots),
    message_id: messageId(rowName(send.id, reader.id), context.salt, publication.from_address),
    date,
    list: {
      id: listId(publication.slug, publication.from_address),
      name: publication.name,
      unsubscribe_url: links.unsubscribe,
    },
    feedback_id: feedbackId(showId('issue', send.issue_id), publication.slug, publication.from_address),
    auto_submitted: false,
  });
}

function rowName(send: SendId, subscriber: SubscriberId): string {
  return `d${send}.${subscriber}`;
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
