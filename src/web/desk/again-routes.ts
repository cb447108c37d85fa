import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createSend } from '../../delivery/create-send.ts';
import { audienceSize } from '../../delivery/freeze-store.ts';
import { type Send, sendsOfIssue } from '../../delivery/send-store.ts';
import { showId } from '../../ids.ts';
import { Fault, ok, type Result, refuse } from '../../result.ts';
import type { LimitKeys } from '../limiter.ts';
import { wakeSend } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { NOBODY } from './confirm-send.ts';
import { count, deskPath, deskPublication, deskTime, plural, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { type DeskIssue, issueHref, openIssue } from './issue-page.ts';
import { canSendAgain, tellingSend } from './issue-state.ts';

const params = z.object({ issue: z.string() });
const againForm = z.object({ sure: z.string().optional(), after: z.string().optional() });

/**
 * The whole issue once more, to everyone. A page of its own, which says what that means and takes a tick
 * beside the button: nobody comes here who meant those that did not get it.
 */
export function againRoutes(web: Web): FastifyPluginAsync {
  const open = async (request: FastifyRequest) => {
    const publication = await deskPublication(web, request);
    return openIssue(web, publication, params.parse(request.params).issue, undefined);
  };

  return async (app) => {
    app.get('/issues/:issue/send-again', async (request, reply) => {
      return showSendAgain(web, request, reply, await open(request), null);
    });

    app.post('/issues/:issue/send-again', async (request, reply) => {
      const desk = await open(request);
      const made = await sendAgain(web, desk, againForm.parse(request.body ?? {}));
      if (!made.ok) return showSendAgain(web, request, reply.code(422), desk, made.error);
      return reply.redirect(`${deskPath(desk.publication)}/sends/${showId('send', made.value.id)}`, 303);
    });
  };
}

async function lastSend(web: Web, { issue }: DeskIssue): Promise<Send | null> {
  return tellingSend(await sendsOfIssue(web.db, issue.id));
}

/** A press of the button that names another send than the last one was meant for an earlier page. */
async function sendAgain(
  web: Web,
  desk: DeskIssue,
  form: z.infer<typeof againForm>,
): Promise<Result<Send, string>> {
  const last = await lastSend(web, desk);
  if (!last || !canSendAgain(last))
    return refuse('This issue has no send that is over: there is nothing to do again.');
  if (form.sure === undefined) return refuse('Tick the box if everyone is to get this letter a second time.');
  if ((await audienceSize(web.db, desk.publication.id)) === 0) return refuse(NOBODY);
  const once: LimitKeys = [['secondSend', `${desk.issue.id} ${last.id}`]];
  if (form.after !== showId('send', last.id) || (await web.limiter.consume(once)) !== null)
    return refuse('It was sent a second time already: the issue’s page shows its sends.');
  try {
    const { publication, issue } = desk;
    const send = await createSend(web, { publication, issue, at: null, again: true });
    await wakeSend(web, send.id);
    return ok(send);
  } catch (error) {
    await web.limiter.forgive(once);
    if (error instanceof Fault) return refuse(deskSentence(error));
    throw error;
  }
}

async function showSendAgain(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  desk: DeskIssue,
  problem: string | null,
) {
  const { publication, issue } = desk;
  const last = await lastSend(web, desk);
  const readers = await audienceSize(web.db, publication.id);
  return showDesk(web, request, reply, 'send-again', {
    publication,
    section: 'issues',
    shape: 'narrow',
    title: `Send ${issue.title} a second time`,
    issue,
    issue_href: issueHref(desk),
    here: `${issueHref(desk)}/send-again`,
    readers: plural(readers, 'reader'),
    offered: last !== null && canSendAgain(last),
    last: last && {
      id: showId('send', last.id),
      href: `${deskPath(publication)}/sends/${showId('send', last.id)}`,
      when: deskTime(last.frozen_at ?? last.due_at, publication),
      audience: count(last.audience_size),
    },
    problem,
  });
}
