import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Send } from '../../delivery/send-store.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { findPublication, listPublications } from '../../publications/publication-store.ts';
import type { Fault } from '../../result.ts';
import { isMissing } from '../faults.ts';
import { keepPrivate } from '../headers.ts';
import type { Web } from '../web-parts.ts';
import { deskSentence } from './fault-words.ts';
import type { Tone } from './issue-state.ts';

export interface DeskPage {
  readonly title: string;
  readonly publication?: Publication | null;
  readonly section?: 'issues' | 'readers' | 'settings' | 'mail';
  /** A CSS class: `narrow` for forms, `gate` for signing in. */
  readonly shape?: 'narrow' | 'gate';
  /** What was just done, in a sentence; in green unless it went otherwise. */
  readonly said?: string | null;
  readonly said_tone?: Tone;
  /** A way to ask again. */
  readonly said_open?: boolean;
  readonly [fact: string]: unknown;
}

export async function showDesk(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  page: DeskPage,
) {
  const publication = page.publication ?? null;
  const html = await web.views.render(`desk/${view}`, {
    section: null,
    shape: '',
    said: saidOf(request),
    said_tone: 'good',
    said_open: false,
    ...page,
    publication,
    publications: request.editor ? await listPublications(web.db) : [],
    editor: request.editor,
    catches_mail: web.caughtMail !== null,
    desk: publication ? deskPath(publication) : '/desk',
    base: publication ? basePath(publication) : '',
  });
  keepPrivate(reply);
  return reply.type('text/html; charset=utf-8').send(html);
}

/** The desk's sentence for a fault, and the way back. */
export async function deskFault(web: Web, request: FastifyRequest, reply: FastifyReply, fault: Fault) {
  if (fault.code === 'no_publication')
    return showDesk(web, request, reply, 'empty', { title: 'No publication' });
  const missing = isMissing(fault);
  reply.code(missing ? 404 : 422);
  const title = missing ? 'Not found' : 'That did not work';
  return showTrouble(web, request, reply, title, deskSentence(fault));
}

export async function deskNotFound(web: Web, request: FastifyRequest, reply: FastifyReply) {
  const message = 'There is nothing at this address: it may be mistyped, or what stood here has moved.';
  return showTrouble(web, request, reply.code(404), 'Not found', message);
}

/** In the frame of the publication that the path names, where there is one, so that the way on is in sight. */
async function showTrouble(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  title: string,
  message: string,
) {
  const slug = params.safeParse(request.params).data?.publication;
  const all = request.editor && slug !== undefined ? await listPublications(web.db) : [];
  const publication = all.find((each) => each.slug === slug) ?? null;
  const home = publication ? `${deskPath(publication)}/issues` : '/desk';
  const back = request.method === 'GET' ? home : request.url.replace(/\/[a-z-]+$/, '');
  return showDesk(web, request, reply, 'fault', { publication, title, message, back, shape: 'narrow' });
}

const params = z.object({ publication: z.string() });

/** The publication that the desk's path names. */
export async function deskPublication(web: Web, request: FastifyRequest): Promise<Publication> {
  return findPublication(web.db, params.parse(request.params).publication);
}

export function deskPath(publication: Publication): string {
  return `/desk/p/${publication.slug}`;
}

/** "9 Feb 2021, 08:00" where the publication is at home. */
export function deskTime(date: Date, publication: Publication): string {
  const form = { dateStyle: 'medium', timeStyle: 'short', timeZone: publication.timezone } as const;
  return new Intl.DateTimeFormat('en-GB', form).format(date);
}

/** When a send that waits is due: "1 Dec 2026, 08:00", or that hour where each reader lives. */
export function dueTime(
  { due_at, local_at }: Pick<Send, 'due_at' | 'local_at'>,
  publication: Publication,
): string {
  if (local_at === null) return deskTime(due_at, publication);
  const shown = deskTime(new Date(`${local_at}Z`), { ...publication, timezone: 'UTC' });
  return `${shown} where each reader lives`;
}

export function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** "1 item", "4 items" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

const SAID: Readonly<Record<string, string>> = {
  saved: 'Settings saved.',
  password: 'Your password is changed.',
  imported: 'The issue is imported.',
  revised: 'A new revision is imported.',
  already: 'This file was imported before: here is its issue.',
  'webhook-saved': 'The webhook is changed.',
  'webhook-test': 'A test is on its way: look again in a moment.',
  'webhook-again': 'It goes out again: look again in a moment.',
  'webhook-removed': 'The webhook is removed.',
  ready: 'The issue is marked as ready.',
  'not-ready': 'The issue is a draft again.',
  'held-gone': 'No more letters go to the addresses that were in doubt.',
  'held-there': 'The addresses that were in doubt are kept.',
  lifted: 'Lifted: mail may go there again.',
  suppressed: 'Suppressed: no letter goes there any more.',
  settled: 'Decided: no reader of this send is unknown any more.',
};

const query = z.object({ said: z.string().optional() });

/** After a redirect the address says what was done, as one of a few words. */
function saidOf(request: FastifyRequest): string | null {
  const { data } = query.safeParse(request.query);
  return (data?.said && SAID[data.said]) || null;
}
