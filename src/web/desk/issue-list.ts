import { listSends, type Send } from '../../delivery/send-store.ts';
import { showId } from '../../ids.ts';
import { type Issue, listIssues } from '../../issues/issue-store.ts';
import type { Publication } from '../../publications/publication.ts';
import { nextSlot } from '../../publications/slot.ts';
import { showPeriod } from '../../rendering/period.ts';
import { words } from '../../rendering/words.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPath, deskTime, dueTime } from './desk-page.ts';
import { issueState, tellingSend } from './issue-state.ts';

/** More sends than a weekly letter makes in ten years; the list needs the newest of each issue. */
const SENDS = 600;

/** The desk's first page, in numbers that are kept and not counted: it stays quick with a million readers. */
export async function issueRows(web: Web, publication: Publication) {
  const [issues, sends] = await Promise.all([
    listIssues(web.db, publication.id),
    listSends(web.db, publication.id, SENDS),
  ]);
  const ofIssue = Map.groupBy(sends, (send) => send.issue_id);
  return issues.map((issue) => issueRow(publication, issue, tellingSend(ofIssue.get(issue.id) ?? [])));
}

function issueRow(publication: Publication, issue: Issue, send: Send | null) {
  const desk = deskPath(publication);
  return {
    title: issue.title,
    period: issue.period && showPeriod(issue.period, 'en', words('en')),
    ready_at: send ? null : issue.ready_at,
    href: `${desk}/issues/${showId('issue', issue.id)}`,
    state: issueState(issue, send),
    when: whenOf(publication, issue, send),
    readers: send?.frozen_at ? count(send.audience_size) : null,
    send_href: send ? `${desk}/sends/${showId('send', send.id)}` : null,
  };
}

function whenOf(publication: Publication, issue: Issue, send: Send | null): string {
  if (!send) return `imported ${deskTime(issue.created_at, publication)}`;
  if (send.frozen_at) return deskTime(send.frozen_at, publication);
  return `for ${dueTime(send, publication)}`;
}

/** The weekly slot in a sentence, and what goes out then; null where the publication has none. */
export function slotSentence(
  publication: Publication,
  rows: readonly { readonly title: string; readonly ready_at: Date | null }[],
  now: Date,
): string | null {
  const next = nextSlot(publication, now);
  if (!next) return null;
  const [first] = rows
    .flatMap(({ title, ready_at }) => (ready_at ? [{ title, ready_at }] : []))
    .toSorted((one, other) => one.ready_at.getTime() - other.ready_at.getTime());
  const slot = `${slotTime(next, publication)} (${publication.timezone})`;
  return first ? `“${first.title}” goes out on ${slot}.` : `Next slot: ${slot}. No issue is ready for it.`;
}

/** What will become of an issue that is marked ready. */
export function readySentence(publication: Publication, now: Date): string {
  const next = nextSlot(publication, now);
  if (!next) return 'There is no weekly slot, so it waits until you press “Send…”.';
  return `It goes out by itself on ${slotTime(next, publication)} (${publication.timezone}), unless another one was ready before it.`;
}

/** "Mon, 30 Nov 2026, 08:00" */
export function slotTime(date: Date, publication: Publication): string {
  const timeZone = publication.timezone;
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone }).format(date);
  return `${day}, ${deskTime(date, publication)}`;
}
