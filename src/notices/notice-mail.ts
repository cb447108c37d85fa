import type { Db } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { loadPictures } from '../issues/asset-store.ts';
import { newestRevisions } from '../issues/issue-store.ts';
import type { OutgoingMessage } from '../mail/attempt.ts';
import { composeMessage, type ListFields } from '../outbound/compose.ts';
import { type Signer, signMessage } from '../outbound/dkim.ts';
import { listId, messageId } from '../outbound/message-names.ts';
import { saltKey } from '../publications/installation.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import { renderLetter } from '../rendering/letter.ts';
import { type RenderedNotice, renderNotice } from '../rendering/notice.ts';
import { fillHtml, fillText } from '../rendering/slots.ts';
import { unreachable } from '../result.ts';
import type { BounceAddresses } from '../tokens/bounce-address.ts';
import type { Tokens } from '../tokens.ts';
import { newestSentIssue } from './newest-issue-store.ts';
import type { Notice, NoticeParams } from './notice.ts';

export interface MailParts {
  readonly db: Db;
  readonly tokens: Tokens;
  /** Null: the publication's address is the envelope sender. */
  readonly bounces: BounceAddresses | null;
  readonly signer: Signer | null;
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

/** Writes a notice when it is sent: tokens are made now, and its publication is as it is now. */
export async function composeNotice(parts: MailParts, notice: Notice, date: Date): Promise<OutgoingMessage> {
  const publication = await publicationById(parts.db, notice.publication_id);
  const context = { ...parts, publication, base: parts.publicUrl + basePath(publication) };
  const { subject, html, text } = await render(context, notice);
  const from = publication.from_address;
  const row = `n${notice.id}`;
  const composed = await composeMessage({
    from: { name: publication.from_name, address: from },
    reply_to: publication.reply_to,
    to: { name: '', address: notice.email },
    subject,
    html,
    text,
    message_id: messageId(row, await saltKey(parts.db), from),
    date,
    list: listOf(context, notice),
    feedback_id: null,
    // RFC 3834: a machine wrote it, and not in answer to a mail
    auto_submitted: true,
  });
  return {
    from: parts.bounces?.make({ kind: 'notice', notice: notice.id }) ?? from,
    to: notice.email,
    envid: row,
    raw: await signMessage(parts.signer, composed, date),
  };
}

interface Context extends MailParts {
  readonly publication: Publication;
  /** What the publication's own pages start with. */
  readonly base: string;
}

async function render(context: Context, notice: Notice): Promise<RenderedNotice> {
  const common = { locale: notice.locale, publication: context.publication };
  switch (notice.kind) {
    case 'confirm': {
      const confirm_url = `${context.base}/confirm/${context.tokens.make('confirm', notice.params.consent_id)}`;
      return renderNotice({ ...common, kind: 'confirm', values: { confirm_url } });
    }
    case 'welcome':
      return renderNotice({
        ...common,
        kind: 'welcome',
        values: await welcomeValues(context, notice.subscriber_id),
      });
    case 'editor': {
      const { heading, paragraphs, link } = notice.params;
      return renderNotice({
        ...common,
        kind: 'editor',
        values: { heading, paragraphs, ...(link ? { link } : {}) },
      });
    }
    case 'test':
      return renderTest(context, notice.params);
    default:
      return unreachable(notice);
  }
}

/** Without the reader's name: whoever filled in the form may have written an advert there. */
async function welcomeValues(context: Context, subscriber: SubscriberId | null) {
  const newest = await newestSentIssue(context.db, context.publication.id);
  const links = subscriber === null ? null : readerLinks(context, subscriber);
  return {
    newest: newest && { title: newest.title, url: `${context.base}/issues/${newest.slug}` },
    unsubscribe_url: links?.unsubscribe ?? context.base,
    preferences_url: links?.preferences ?? context.base,
  };
}

/** The letter as readers would get it, except that nobody can be unsubscribed by it. */
async function renderTest(
  { db, publication, base, publicUrl }: Context,
  { issue_id, locale }: NoticeParams<'test'>,
): Promise<RenderedNotice> {
  const revisions = await newestRevisions(db, issue_id);
  const wanted = [locale, publication.locale];
  const revision =
    wanted.map((tag) => revisions.find((one) => one.locale === tag)).find(Boolean) ?? revisions[0];
  if (!revision) throw new Error(`issue ${issue_id} has no revision`);
  const { document } = revision;
  const pictures = await loadPictures(db, [document]);
  const letter = await renderLetter({ document, publication, pictures });
  const page = `${base}/`;
  const slots = { origin: publicUrl, base, unsubscribe: page, preferences: page };
  return {
    subject: `[Test] ${letter.subject}`,
    html: fillHtml(letter.html, slots),
    text: fillText(letter.text, slots),
  };
}

/** A welcome is the first mail of the list, and can end it; the others go to people who are in none. */
function listOf(context: Context, notice: Notice): ListFields | null {
  if (notice.kind !== 'welcome' || notice.subscriber_id === null) return null;
  const { slug, name, from_address } = context.publication;
  const { unsubscribe } = readerLinks(context, notice.subscriber_id);
  const unsubscribe_mail = context.bounces?.makeLeave({ kind: 'notice', notice: notice.id }) ?? null;
  return { id: listId(slug, from_address), name, unsubscribe_url: unsubscribe, unsubscribe_mail };
}

function readerLinks({ base, tokens }: Context, id: SubscriberId) {
  return {
    unsubscribe: `${base}/unsubscribe/${tokens.make('unsubscribe', id)}`,
    preferences: `${base}/preferences/${tokens.make('preferences', id)}`,
  };
}
