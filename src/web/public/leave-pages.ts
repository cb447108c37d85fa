import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LeavingReason } from '../../db/leaving-tables.ts';
import type { SubscriberId } from '../../ids.ts';
import { basePath } from '../../publications/publication.ts';
import { canUndoUnsubscribe, sayWhyLeft, undoUnsubscribe, unsubscribe } from '../../subscribers/leave.ts';
import type { LeavingAnswer } from '../../subscribers/leaving-reason-store.ts';
import { pageWords } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { pathOf, readerOf, showMessage } from './public-page.ts';

/** Asks with one button; whoever has left already is told so. */
export async function showLeave(web: Web, request: FastifyRequest, reply: FastifyReply, id: SubscriberId) {
  const { reader, publication, locale } = await readerOf(web, request, id);
  if (reader?.status !== 'active' && reader?.status !== 'pending') return showGone(web, request, reply, id);
  const words = pageWords(locale).leave;
  const message = {
    title: words.title(publication.name),
    text: words.text,
    button: words.button,
    action: pathOf(request),
  };
  return showMessage(web, reply, { publication, locale, message });
}

/** A program gets an empty 200 however often it asks (RFC 8058), a person the page that says it is done. */
export async function leaveReader(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  id: SubscriberId,
  via: 'one-click' | 'page',
) {
  const { kind } = await unsubscribe(web.db, id, { via, now: web.clock.now() });
  if (kind === 'left') web.log.info({ event: 'unsubscribed', subscriber: id, via });
  if (via === 'one-click') return reply.code(200).send('');
  return showGone(web, request, reply, id, kind === 'left' ? 'ask' : 'say');
}

/** `ask` why, once: in the answer to the POST by which the reader left, and on no other page; `thank` for that answer. */
export async function showGone(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  id: SubscriberId,
  then: 'say' | 'ask' | 'thank' = 'say',
) {
  const { publication, locale } = await readerOf(web, request, id);
  const words = pageWords(locale).leave;
  const base = basePath(publication);
  const undo = (await canUndoUnsubscribe(web.db, id, web.clock.now()))
    ? { button: words.undo, action: `${base}/undo/${web.tokens.make('undo', id)}`, plain: true }
    : {};
  const said =
    then === 'thank'
      ? { title: words.thanks, text: words.thanksText }
      : { title: words.done, text: words.doneText(publication.name) };
  const question = then === 'ask' ? { action: `${base}/left/${web.tokens.make('left', id)}`, words } : null;
  return showMessage(web, reply, { publication, locale, message: { ...said, ...undo, question } });
}

/** Takes the answer. Whoever came back meanwhile is told so, and nothing is kept. */
export async function takeReason(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  id: SubscriberId,
  fields: URLSearchParams,
) {
  const { reader } = await readerOf(web, request, id);
  if (reader?.status === 'active') return showBack(web, request, reply, id);
  const answer = readAnswer(fields);
  if (!answer) return showGone(web, request, reply, id);
  await sayWhyLeft(web.db, id, answer, web.clock.now());
  return showGone(web, request, reply, id, 'thank');
}

const REASONS = ['too often', 'not relevant', 'did not sign up', 'other'] as const satisfies LeavingReason[];

/** Words without a choice are an answer too; nothing at all is none. */
function readAnswer(fields: URLSearchParams): LeavingAnswer | null {
  const words = fields.get('words') ?? '';
  const chosen = REASONS.find((reason) => reason === fields.get('reason'));
  const reason = chosen ?? (words.trim() === '' ? null : 'other');
  return reason && { reason, words };
}

export async function showUndo(web: Web, request: FastifyRequest, reply: FastifyReply, id: SubscriberId) {
  const { reader, publication, locale } = await readerOf(web, request, id);
  if (reader?.status === 'active') return showBack(web, request, reply, id);
  if (!(await canUndoUnsubscribe(web.db, id, web.clock.now()))) return showOver(web, request, reply, id);
  const words = pageWords(locale).leave;
  const message = {
    title: words.undo,
    text: words.undoAsk(publication.name),
    button: words.undo,
    action: pathOf(request),
  };
  return showMessage(web, reply, { publication, locale, message });
}

export async function undoLeave(web: Web, request: FastifyRequest, reply: FastifyReply, id: SubscriberId) {
  const back = await undoUnsubscribe(web.db, id, web.clock.now());
  const { reader } = await readerOf(web, request, id);
  return back || reader?.status === 'active'
    ? showBack(web, request, reply, id)
    : showOver(web, request, reply, id);
}

async function showBack(web: Web, request: FastifyRequest, reply: FastifyReply, id: SubscriberId) {
  const { publication, locale } = await readerOf(web, request, id);
  const words = pageWords(locale).leave;
  const message = { title: words.undone, text: words.undoneText(publication.name) };
  return showMessage(web, reply, { publication, locale, message });
}

/** Too late to undo: the form is the way back. */
async function showOver(web: Web, request: FastifyRequest, reply: FastifyReply, id: SubscriberId) {
  const { publication, locale } = await readerOf(web, request, id);
  const { over, overText } = pageWords(locale).confirm;
  const links = [{ href: `${basePath(publication)}/`, text: publication.name }];
  return showMessage(web, reply, { publication, locale, message: { title: over, text: overText, links } });
}
