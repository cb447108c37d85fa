import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asId, type CaughtMailId } from '../../ids.ts';
import { listPublications } from '../../publications/publication-store.ts';
import { keepPrivate, sendLetter } from '../headers.ts';
import { isOwnMachine } from '../own-machine.ts';
import type { Web } from '../web-parts.ts';
import type { CaughtMailPages } from './caught-mail.ts';
import { requireEditorUnless } from './desk-guard.ts';
import { showDesk } from './desk-page.ts';

const PAGE = 50;

const params = z.object({ id: z.coerce.number().int().positive() });
const query = z.object({ before: z.coerce.number().int().positive().optional() });

/** What the built-in catcher took; there are no such pages where mail goes out. */
export function mailRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    const { caughtMail } = web;
    if (!caughtMail) return;
    requireEditorUnless(app, (request) => isOwnMachine(web, request));

    app.get('/mail', async (request, reply) => {
      const { before } = query.parse(request.query);
      const page = { limit: PAGE, before: before === undefined ? undefined : asId<CaughtMailId>(before) };
      const [mails, { timezone }] = await Promise.all([caughtMail.list(page), homeOf(web)]);
      const rows = mails.map(({ id, subject, rcpt_to, received_at }) => ({
        id,
        subject: subject || '(no subject)',
        to: rcpt_to.join(', '),
        when: mailTime(received_at, timezone),
      }));
      const older = mails.length === PAGE ? mails.at(-1)?.id : null;
      return showMail(web, request, reply, 'mails', { title: 'Caught mail', mails: rows, older });
    });

    app.get('/mail/:id', async (request, reply) => {
      const mail = await findMail(caughtMail, request);
      if (!mail) return reply.callNotFound();
      const { subject, from, to, html, text, headers } = await caughtMail.parse(mail.raw);
      const shown = {
        subject: subject || '(no subject)',
        from,
        to,
        text: text ?? '',
        headers,
        has_html: html !== null,
      };
      const here = `/desk/mail/${mail.id}`;
      const when = mailTime(mail.received_at, (await homeOf(web)).timezone);
      return showMail(web, request, reply, 'mail', { title: shown.subject, here, mail: { ...shown, when } });
    });

    app.get('/mail/:id/html', async (request, reply) => {
      const mail = await findMail(caughtMail, request);
      if (!mail) return reply.callNotFound();
      const { html } = await caughtMail.parse(mail.raw);
      return sendLetter(reply, html ?? '<p>This mail has no HTML part.</p>');
    });

    app.get('/mail/:id/raw', async (request, reply) => {
      const mail = await findMail(caughtMail, request);
      if (!mail) return reply.callNotFound();
      keepPrivate(reply);
      return reply.type('text/plain; charset=utf-8').send(mail.raw);
    });
  };
}

async function findMail(pages: CaughtMailPages, request: FastifyRequest) {
  const { success, data } = params.safeParse(request.params);
  return success ? pages.find(asId<CaughtMailId>(data.id)) : null;
}

async function showMail(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  facts: { readonly title: string; readonly [fact: string]: unknown },
) {
  const { publication } = await homeOf(web);
  return showDesk(web, request, reply, view, { ...facts, publication, section: 'mail' });
}

/** Mail is of the whole press: it is shown as the default publication's, where there is one. */
async function homeOf(web: Web) {
  const publications = await listPublications(web.db);
  const publication = publications.find((each) => each.is_default) ?? null;
  return { publication, timezone: publication?.timezone ?? 'UTC' };
}

/** To the second, where the default publication is at home: the press's own zone says nothing to an editor. */
function mailTime(date: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    date,
  );
}
