import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Send, sendsOfIssue } from '../../delivery/send-store.ts';
import { bytesOfCounting } from '../../delivery/visit-addresses.ts';
import type { IssueDocument } from '../../document/document.ts';
import { missingPictures } from '../../document/pictures.ts';
import { showId } from '../../ids.ts';
import { loadPictures } from '../../issues/asset-store.ts';
import { findIssue, type Issue, newestRevisions } from '../../issues/issue-store.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { CLIP_BYTES, type Letter, renderLetter } from '../../rendering/letter.ts';
import { showPeriod } from '../../rendering/period.ts';
import type { Pictures } from '../../rendering/pictures.ts';
import { fillHtml, fillText, type SlotValues } from '../../rendering/slots.ts';
import { words } from '../../rendering/words.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskTime, dueTime, plural, showDesk } from './desk-page.ts';
import { readySentence } from './issue-list.ts';
import { canSendAgain, issueState, sendState, tellingSend } from './issue-state.ts';
import type { TestWord } from './test-send.ts';

/** An issue as the desk looks at it, in one locale. */
export interface DeskIssue {
  readonly publication: Publication;
  readonly issue: Issue;
  readonly locale: string;
  readonly locales: readonly string[];
  readonly document: IssueDocument;
  readonly pictures: Pictures;
}

/** @throws {Fault} `unknown_issue` */
export async function openIssue(
  web: Web,
  publication: Publication,
  ref: string,
  locale: string | undefined,
): Promise<DeskIssue> {
  const issue = await findIssue(web.db, publication.id, ref);
  const revisions = await newestRevisions(web.db, issue.id);
  const of = (wanted: string | undefined) => revisions.find((revision) => revision.locale === wanted);
  const revision = of(locale) ?? of(publication.locale) ?? revisions[0];
  if (!revision) throw new Error(`issue ${issue.id} has no revision`);
  const { document } = revision;
  const pictures = await loadPictures(web.db, [document]);
  const locales = revisions.map((each) => each.locale);
  return { publication, issue, locale: revision.locale, locales, document, pictures };
}

/** The letter as a reader gets it, its links leading nowhere in a reader's name. */
export async function previewLetter(web: Web, desk: DeskIssue): Promise<Letter> {
  const { document, publication, pictures } = desk;
  const letter = await renderLetter({ document, publication, pictures });
  const base = `${web.publicUrl}${basePath(publication)}`;
  const values: SlotValues = {
    origin: web.publicUrl,
    base,
    unsubscribe: `${base}/`,
    preferences: `${base}/`,
  };
  return { ...letter, html: fillHtml(letter.html, values), text: fillText(letter.text, values) };
}

export function issueHref({ publication, issue }: Pick<DeskIssue, 'publication' | 'issue'>): string {
  return `${deskPath(publication)}/issues/${showId('issue', issue.id)}`;
}

export async function showIssuePage(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  desk: DeskIssue,
  given: Partial<TestWord> & { readonly test_to?: string; readonly test_problem?: string },
) {
  const { publication, issue, document } = desk;
  const letter = await previewLetter(web, desk);
  const sends = await sendsOfIssue(web.db, issue.id);
  const send = tellingSend(sends);
  const state = issueState(issue, send);
  return showDesk(web, request, reply, 'issue', {
    publication,
    section: 'issues',
    title: issue.title,
    issue,
    here: issueHref(desk),
    facts: factsOf(document),
    state,
    first_send: send && showSend(publication, send),
    missing: missingPictures(desk.document, desk.pictures),
    locale: desk.locale,
    locales: desk.locales,
    letter: letterFacts(letter, bytesOfCounting(letter.html, { ...web, publication })),
    test_to: request.editor?.email ?? '',
    test_problem: null,
    ready: state.name === 'ready' ? readySentence(publication, web.clock.now()) : null,
    has_slot: publication.slot !== null,
    again: send !== null && canSendAgain(send),
    sends: sends.map((each) => showSend(publication, each)),
    public: send?.frozen_at ? `${basePath(publication)}/issues/${issue.slug}` : null,
    ...given,
  });
}

function factsOf(document: IssueDocument): string {
  const items = document.sections.reduce((sum, section) => sum + section.items.length, 0);
  const sizes = [plural(document.sections.length, 'section'), plural(items, 'item')];
  const picks = document.picks.length > 0 ? [plural(document.picks.length, 'pick')] : [];
  const period = document.period && showPeriod(document.period, 'en', words('en'));
  return [period, ...sizes, ...picks].filter(Boolean).join(' · ');
}

/** @param counting how much longer it is when it leaves. */
function letterFacts({ subject, preheader, html, text }: Letter, counting: number) {
  const bytes = Buffer.byteLength(html) + counting;
  return { subject, preheader, text, kilobytes: Math.ceil(bytes / 1024), clipped: bytes > CLIP_BYTES };
}

/** A send as lists of sends show it. */
export function showSend(publication: Publication, send: Send) {
  const { name, tone } = sendState(send.state);
  return {
    href: `${deskPath(publication)}/sends/${showId('send', send.id)}`,
    name: send.retry_of ? `Retry ${showId('send', send.id)}` : `Send ${showId('send', send.id)}`,
    state: name,
    tone,
    when: send.frozen_at ? deskTime(send.frozen_at, publication) : dueTime(send, publication),
  };
}
