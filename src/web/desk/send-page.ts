import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Receipt } from '../../delivery/receipt.ts';
import { type Send, sendsOfIssue } from '../../delivery/send-store.ts';
import { showId } from '../../ids.ts';
import { findIssue } from '../../issues/issue-store.ts';
import type { Publication } from '../../publications/publication.ts';
import { publicationById } from '../../publications/publication-store.ts';
import { unreachable } from '../../result.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPath, deskTime, dueTime, plural, showDesk } from './desk-page.ts';
import { showSend } from './issue-page.ts';
import { sendState } from './issue-state.ts';
import { visitFacts } from './send-visits.ts';
import type { SendWatches } from './send-watch.ts';

type Counted = 'accepted' | 'rejected' | 'deferred' | 'suppressed' | 'left' | 'unknown' | 'queued';

/** The receipt's lines, in an order that reads as a story, with what each means to an editor. */
const LINES: readonly { readonly count: Counted; readonly name: string; readonly meaning: string }[] = [
  { count: 'accepted', name: 'Accepted', meaning: 'taken by the reader’s mail server' },
  { count: 'queued', name: 'Queued', meaning: 'not handed over yet' },
  { count: 'deferred', name: 'Deferred', meaning: 'asked to come again later; tried again by itself' },
  { count: 'rejected', name: 'Rejected', meaning: 'refused for good' },
  { count: 'suppressed', name: 'Suppressed', meaning: 'must not be mailed: bounced or complained before' },
  { count: 'left', name: 'Left', meaning: 'unsubscribed while the letter was on its way to them' },
  { count: 'unknown', name: 'Unknown', meaning: 'handed over without an answer; settles itself' },
];

/** Where a send stands, and what can be done about it. */
export async function showSendPage(
  web: Web,
  watches: SendWatches,
  request: FastifyRequest,
  reply: FastifyReply,
  send: Send,
) {
  const publication = await publicationById(web.db, send.publication_id);
  const issue = await findIssue(web.db, publication.id, showId('issue', send.issue_id));
  const { receipt: now, progress } = await watches.look(send.id);
  const children = (await sendsOfIssue(web.db, issue.id)).filter((other) => other.retry_of === send.id);
  const desk = deskPath(publication);
  return showDesk(web, request, reply, 'send', {
    publication,
    section: 'issues',
    shape: 'narrow',
    title: `${now.send}: ${issue.title}`,
    heading: send.retry_of ? `Retry ${now.send}` : `Send ${now.send}`,
    issue,
    issue_href: `${desk}/issues/${showId('issue', issue.id)}`,
    here: `${desk}/sends/${now.send}`,
    receipt: now,
    tone: sendState(now.state).tone,
    facts: factsOf(send, publication),
    live: !progress.final,
    moving: now.state === 'sending' || now.state === 'scheduled',
    progress,
    lines: LINES.map((line) => ({ ...line, shown: progress.shown[line.count] })),
    verbs: verbsOf(now, send, takenBy(children)),
    frozen: send.frozen_at !== null,
    can_settle: now.unknown > 0 && progress.final && send.condensed_at === null,
    can_cancel: now.state !== 'finished' && now.state !== 'cancelled',
    waiting:
      now.waiting_reason && `Waiting for the mail server, and going on by itself: ${now.waiting_reason}`,
    canary: canaryWords(now, publication),
    later: laterWords(now, publication),
    stopped: stoppedWords(now),
    visits: await visitFacts(web, send, publication),
    retries: children.map((child) => showSend(publication, child)),
  });
}

function factsOf(send: Send, publication: Publication): string {
  const at = (date: Date) => deskTime(date, publication);
  if (send.finished_at) return `finished ${at(send.finished_at)}`;
  if (send.started_at) return `started ${at(send.started_at)}`;
  return send.local_at
    ? `due ${dueTime(send, publication)}`
    : `due ${at(send.due_at)} (${publication.timezone})`;
}

/** Why nothing goes on without the editor. */
function stoppedWords({ held_reason, paused_reason }: Receipt): string | null {
  if (held_reason !== null) return `Held until you decide. ${held_reason}`;
  return paused_reason && `Paused until you decide. ${paused_reason}`;
}

/** What the others wait for, while the first readers try the letter out. */
function canaryWords({ state, audience, canary }: Receipt, publication: Publication): string | null {
  if (state !== 'sending' || canary?.state !== 'running') return null;
  const first = `The first ${count(canary.readers)} readers try it out; the other ${count(audience - canary.readers)} follow`;
  if (canary.until === null) return `${first} when their answers are good.`;
  return `${first} at ${deskTime(new Date(canary.until), publication)} if their answers are good.`;
}

/** Whose hour has not come yet. */
function laterWords({ state, later, local_at }: Receipt, publication: Publication): string | null {
  if (state !== 'sending' || later === null) return null;
  const hour = local_at?.slice('YYYY-MM-DDT'.length);
  const last = deskTime(new Date(later.last_at), publication);
  const who = `${plural(later.readers, 'reader')} ${later.readers === 1 ? 'gets' : 'get'} it later`;
  return `${who}, at ${hour} where they live; the last at ${last} (${publication.timezone}).`;
}

interface Verb {
  readonly name: 'pause' | 'resume' | 'retry';
  readonly label: string;
  readonly plain: boolean;
  /** How many have no outcome, where a retry may take them along; null: none. */
  readonly unknown: string | null;
}

/** Readers whom retries have taken already: another retry finds only the rest. */
function takenBy(children: readonly Send[]): number {
  return children.reduce((sum, child) => sum + child.audience_size, 0);
}

function verbsOf(now: Receipt, send: Send, taken: number): Verb[] {
  const verb = (name: Verb['name'], label: string, plain = true): Verb => ({
    name,
    label,
    plain,
    unknown: null,
  });
  switch (now.state) {
    case 'sending':
      return [verb('pause', 'Pause')];
    case 'paused':
      return [verb('resume', 'Resume', false)];
    case 'held':
      return [verb('resume', 'Send it now', false)];
    case 'scheduled':
      return [];
    case 'finished':
    case 'cancelled': {
      const missed = now.rejected + now.unknown + (now.state === 'cancelled' ? now.queued + now.deferred : 0);
      if (!send.frozen_at || send.condensed_at || missed <= taken) return [];
      const unknown = now.unknown > 0 ? count(now.unknown) : null;
      return [{ ...verb('retry', 'Send to those who did not get it'), unknown }];
    }
    default:
      return unreachable(now.state);
  }
}
