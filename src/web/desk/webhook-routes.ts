import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireId, showId, type WebhookCallId, type WebhookId } from '../../ids.ts';
import { Fault } from '../../result.ts';
import { makeDueSince, webhookOfCall } from '../../webhooks/call-log-store.ts';
import { switchOff, switchOn } from '../../webhooks/webhook-store.ts';
import {
  addWebhook,
  editWebhook,
  removeWebhook,
  requireWebhook,
  resendCall,
  rotateSecret,
  testWebhook,
} from '../../webhooks/webhooks.ts';
import { wakeWebhook } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { deskNotFound, deskPublication } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { showWebhook, showWebhooks, webhooksPath } from './webhook-page.ts';

const params = z.object({ webhook: z.string() });
const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([]);
const fieldsForm = z.object({
  url: z.string().default(''),
  events: names,
  plain_http: z
    .string()
    .optional()
    .transform((box) => box !== undefined),
});
const switchForm = z.object({ to: z.enum(['on', 'off']) });
const callForm = z.object({ call: z.string() });
const sinceForm = z.object({ since: z.iso.date() });

/** The operator's own systems that are told of what happens, and what became of each call. */
export function webhookRoutes(web: Web): FastifyPluginAsync {
  const asked = async (request: FastifyRequest) => {
    const publication = await deskPublication(web, request);
    const id = requireId<WebhookId>('webhook', params.parse(request.params).webhook);
    const webhook = await requireWebhook(web.db, id, publication.id);
    return { publication, webhook, path: `${webhooksPath(publication)}/${showId('webhook', id)}` };
  };

  return async (app) => {
    app.get('/settings/webhooks', async (request, reply) => {
      const publication = await deskPublication(web, request);
      return showWebhooks({ web, request, reply, publication }, null, null);
    });

    app.post('/settings/webhooks', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const fields = fieldsForm.parse(request.body ?? {});
      try {
        const { webhook, secret } = await addWebhook(web.db, publication.id, fields);
        return showWebhook({ web, request, reply, publication }, webhook, {
          secret,
          said: 'The webhook is added: from now on it is told.',
        });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const again = { web, request, reply: reply.code(422), publication };
        return showWebhooks(again, fields, deskSentence(error));
      }
    });

    app.get('/settings/webhooks/:webhook', async (request, reply) => {
      const { publication, webhook } = await asked(request);
      return showWebhook({ web, request, reply, publication }, webhook);
    });

    app.post('/settings/webhooks/:webhook', async (request, reply) => {
      const { publication, webhook, path } = await asked(request);
      const form = fieldsForm.parse(request.body ?? {});
      try {
        await editWebhook(web.db, webhook.id, form);
        return reply.redirect(`${path}?said=webhook-saved`, 303);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const again = { web, request, reply: reply.code(422), publication };
        return showWebhook(again, webhook, { form, problem: deskSentence(error) });
      }
    });

    app.post('/settings/webhooks/:webhook/switch', async (request, reply) => {
      const { webhook, path } = await asked(request);
      if (switchForm.parse(request.body ?? {}).to === 'on') await switchOn(web.db, webhook.id);
      else await switchOff(web.db, webhook.id, null);
      return reply.redirect(path, 303);
    });

    app.post('/settings/webhooks/:webhook/rotate', async (request, reply) => {
      const { publication, webhook } = await asked(request);
      const secret = await rotateSecret(web.db, webhook.id);
      const said = 'There is a new secret. The one before it signs too for a day.';
      return showWebhook({ web, request, reply, publication }, webhook, { secret, said });
    });

    app.post('/settings/webhooks/:webhook/test', async (request, reply) => {
      const { webhook, path } = await asked(request);
      await testWebhook(web.db, webhook);
      await wakeWebhook(web, webhook.id);
      return reply.redirect(`${path}?said=webhook-test`, 303);
    });

    app.post('/settings/webhooks/:webhook/resend', async (request, reply) => {
      const { webhook, path } = await asked(request);
      const call = requireId<WebhookCallId>('webhook call', callForm.parse(request.body ?? {}).call);
      if ((await webhookOfCall(web.db, call)) !== webhook.id) return deskNotFound(web, request, reply);
      await resendCall(web.db, call);
      await wakeWebhook(web, webhook.id);
      return reply.redirect(`${path}?said=webhook-again`, 303);
    });

    app.post('/settings/webhooks/:webhook/resend-all', async (request, reply) => {
      const { webhook, path } = await asked(request);
      const { since } = sinceForm.parse(request.body ?? {});
      await makeDueSince(web.db, webhook.id, new Date(since));
      await wakeWebhook(web, webhook.id);
      return reply.redirect(`${path}?said=webhook-again`, 303);
    });

    app.post('/settings/webhooks/:webhook/remove', async (request, reply) => {
      const { publication, webhook } = await asked(request);
      await removeWebhook(web.db, webhook.id);
      return reply.redirect(`${webhooksPath(publication)}?said=webhook-removed`, 303);
    });
  };
}
