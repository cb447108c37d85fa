import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cancelSend, pauseSend, resumeSend } from '../../delivery/control-send.ts';
import { retrySend } from '../../delivery/retry-send.ts';
import type { Send } from '../../delivery/send-store.ts';
import { showId } from '../../ids.ts';
import type { Publication } from '../../publications/publication.ts';
import { wakeSend } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { confirmSend, sendForm, showConfirmSend } from './confirm-send.ts';
import { deskPath, deskPublication } from './desk-page.ts';
import { openIssue } from './issue-page.ts';
import { openSend } from './open-send.ts';
import { streamSend } from './send-events.ts';
import { showSendPage } from './send-page.ts';
import { SendWatches } from './send-watch.ts';

const issueParams = z.object({ issue: z.string() });
const retryForm = z.object({ unknown: z.string().optional() });

/** From the question "to how many?" to the receipt. */
export function sendRoutes(web: Web): FastifyPluginAsync {
  const watches = new SendWatches(web);

  return async (app) => {
    app.addHook('preClose', async () => watches.close());

    app.get('/issues/:issue/send', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const desk = await openIssue(web, publication, issueParams.parse(request.params).issue, undefined);
      return showConfirmSend(web, request, reply, desk, { form: sendForm.parse({}) });
    });

    app.post('/issues/:issue/send', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const desk = await openIssue(web, publication, issueParams.parse(request.params).issue, undefined);
      const form = sendForm.parse(request.body ?? {});
      const made = await confirmSend(web, desk, form);
      if (!made.ok)
        return showConfirmSend(web, request, reply.code(422), desk, { form, problem: made.error });
      return reply.redirect(hrefOf(publication, made.value), 303);
    });

    app.get('/sends/:send', async (request, reply) => {
      const { send } = await openSend(web, request);
      return showSendPage(web, watches, request, reply, send);
    });

    app.get('/sends/:send/events', { exposeHeadRoute: false }, async (request, reply) => {
      return streamSend(watches, reply, (await openSend(web, request)).send.id);
    });

    const act = (verb: string, action: (send: Send, request: FastifyRequest) => Promise<Send>) => {
      app.post(`/sends/:send/${verb}`, async (request, reply) => {
        const { publication, send } = await openSend(web, request);
        return reply.redirect(hrefOf(publication, await action(send, request)), 303);
      });
    };
    act('pause', async (send) => {
      await pauseSend(web.db, send.id);
      return send;
    });
    act('resume', async (send) => {
      await resumeSend(web.db, send.id, web.clock);
      await wakeSend(web, send.id);
      return send;
    });
    act('cancel', async (send) => {
      await cancelSend(web.db, send.id);
      return send;
    });
    act('retry', async (send, request) => {
      const { unknown } = retryForm.parse(request.body ?? {});
      const child = await retrySend(web, send.id, unknown !== undefined);
      await wakeSend(web, child.id);
      return child;
    });
  };
}

function hrefOf(publication: Publication, send: Send): string {
  return `${deskPath(publication)}/sends/${showId('send', send.id)}`;
}
