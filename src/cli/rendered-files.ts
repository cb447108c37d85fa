import { readFile } from 'node:fs/promises';
import type { IssueDocument } from '../document/document.ts';
import { showId } from '../ids.ts';
import { findAsset, loadPictures } from '../issues/asset-store.ts';
import { type Issue, newestRevision } from '../issues/issue-store.ts';
import { depsOf, type Parts } from '../main.ts';
import { composeMessage } from '../outbound/compose.ts';
import { feedbackId, listId, messageId } from '../outbound/message-names.ts';
import { saltKey } from '../publications/installation.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { type Letter, type LetterInput, renderLetter } from '../rendering/letter.ts';
import type { Pictures } from '../rendering/pictures.ts';
import { fillHtml, fillText, type SlotValues } from '../rendering/slots.ts';
import { renderWebIssue, WEB_ISSUE_CSS } from '../rendering/web-issue.ts';
import { Fault } from '../result.ts';

interface Wanted {
  readonly publication: Publication;
  readonly issue: Issue;
  /** Null: the publication's own. */
  readonly locale: string | null;
}

type Files = ReadonlyMap<string, string | Buffer>;

/**
 * An issue as a sample reader gets it. The pages show pictures that lie beside them; the mail has the
 * addresses that real letters have.
 */
export async function renderedFiles(parts: Parts, wanted: Wanted): Promise<Files> {
  const { db } = parts.database;
  const { publication, issue } = wanted;
  const document = await editionOf(parts, wanted);
  const pictures = await loadPictures(db, [document]);
  const input: LetterInput = { document, publication, pictures };
  const letter = await renderLetter(input);
  const slots = sampleSlots(parts.config.publicUrl, publication);
  return new Map<string, string | Buffer>([
    ['issue.html', fillHtml(letter.html, { ...slots, origin: '.' })],
    ['issue.txt', fillText(letter.text, slots)],
    ['issue.eml', await sampleMail(parts, letter, { publication, issue, slots })],
    ['web.html', await webPage(input, basePath(publication))],
    ...(await pictureFiles(parts, pictures)),
  ]);
}

async function editionOf({ database }: Parts, { issue, locale }: Wanted): Promise<IssueDocument> {
  const revision = await newestRevision(database.db, issue.id, locale);
  if (locale === null || revision.locale === locale) return revision.document;
  const id = showId('issue', issue.id);
  throw new Fault(
    'no_such_edition',
    `${id} has no edition in "${locale}": leave --locale out to get the one in "${revision.locale}".`,
  );
}

function sampleSlots(publicUrl: string, publication: Publication): SlotValues {
  const base = publicUrl + basePath(publication);
  return {
    origin: publicUrl,
    base,
    unsubscribe: `${base}/unsubscribe/sample`,
    preferences: `${base}/preferences/sample`,
  };
}

async function sampleMail(
  parts: Parts,
  { subject, html, text }: Letter,
  { publication, issue, slots }: Omit<Wanted, 'locale'> & { readonly slots: SlotValues },
): Promise<Buffer> {
  const { db, clock } = depsOf(parts);
  const { slug, name, from_name, from_address, reply_to } = publication;
  const id = showId('issue', issue.id);
  return composeMessage({
    from: { name: from_name, address: from_address },
    reply_to,
    to: { name: '', address: 'reader@example.com' },
    subject,
    html: fillHtml(html, slots),
    text: fillText(text, slots),
    message_id: messageId(`sample.${id}`, await saltKey(db), from_address),
    date: clock.now(),
    list: {
      id: listId(slug, from_address),
      name,
      unsubscribe_url: slots.unsubscribe,
      unsubscribe_mail: null,
    },
    feedback_id: feedbackId(id, slug, from_address),
    auto_submitted: false,
  });
}

async function webPage(input: LetterInput, basePath: string): Promise<string> {
  const article = await renderWebIssue({ ...input, basePath });
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${await readFile(WEB_ISSUE_CSS, 'utf8')}</style>`;
  const beside = article.replaceAll('"/assets/', '"./assets/');
  return `<!doctype html>\n<html lang="${input.document.locale}"><head>${head}</head><body>\n${beside}\n</body></html>\n`;
}

async function pictureFiles({ database }: Parts, pictures: Pictures): Promise<[string, Buffer][]> {
  const files: [string, Buffer][] = [];
  for (const { path } of pictures.values()) {
    const [, hash = '', extension = ''] = /^\/assets\/(\w+)\.(\w+)$/.exec(path) ?? [];
    const asset = await findAsset(database.db, hash, extension);
    if (asset) files.push([path.slice(1), asset.bytes]);
  }
  return files;
}
