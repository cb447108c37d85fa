import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asId } from '../../ids.ts';
import type { Purpose } from '../../tokens.ts';
import { keepTokenSecret } from '../headers.ts';
import { pageWords } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { confirmReader, showConfirm } from './confirm-pages.ts';
import { leaveReader, showGone, showLeave, showUndo, takeReason, undoLeave } from './leave-pages.ts';
import { fieldsOf, isOneClick, takeAnyBody } from './one-click.ts';
import { savePreferences, showPreferences } from './preference-pages.ts';
import { publicationOf, showMessage } from './public-page.ts';

const params = z.object({ token: z.string() });

/**
 * What a link in a letter leads to. GET shows a page with a button and changes nothing (scanners fetch
 * every link); POST acts. The token alone says who it is: no cookie, no session, and the publication is
 * the reader's own whatever the path says, so that old links outlive a change of the default one.
 */
export function tokenRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    takeAnyBody(app);
    app.addHook('onRequest', async (_request, reply) => keepTokenSecret(reply));

    const at = (purpose: Purpose, page: Page): Route => {
      return async (request, reply) => {
        const id = web.tokens.read(purpose, params.parse(request.params).token);
        return id === null ? showBadLink(web, request, reply) : page(id, request, reply);
      };
    };

    app.get(
      '/confirm/:token',
      at('confirm', (id, request, reply) => showConfirm(web, request, reply, asId(id))),
    );
    app.post(
      '/confirm/:token',
      at('confirm', (id, request, reply) => confirmReader(web, request, reply, asId(id))),
    );

    app.get(
      '/unsubscribe/:token',
      at('unsubscribe', (id, request, reply) => showLeave(web, request, reply, asId(id))),
    );
    app.post(
      '/unsubscribe/:token',
      at('unsubscribe', async (id, request, reply) => {
        const oneClick = isOneClick(request.body);
        return leaveReader(web, request, reply, asId(id), oneClick ? 'one-click' : 'page');
      }),
    );

    app.get(
      '/undo/:token',
      at('undo', (id, request, reply) => showUndo(web, request, reply, asId(id))),
    );
    app.post(
      '/undo/:token',
      at('undo', (id, request, reply) => undoLeave(web, request, reply, asId(id))),
    );

    app.get(
      '/left/:token',
      at('left', (id, request, reply) => showGone(web, request, reply, asId(id))),
    );
    app.post(
      '/left/:token',
      at('left', (id, request, reply) => takeReason(web, request, reply, asId(id), fieldsOf(request.body))),
    );

    app.get(
      '/preferences/:token',
      at('preferences', (id, request, reply) => showPreferences(web, request, reply, asId(id), false)),
    );
    app.post(
      '/preferences/:token',
      at('preferences', (id, request, reply) => {
        return savePreferences(web, request, reply, asId(id), fieldsOf(request.body));
      }),
    );
  };
}

type Route = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
type Page = (id: number, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Forged, cut short, or made for something else: which of these is nobody's business. */
async function showBadLink(web: Web, request: FastifyRequest, reply: FastifyReply) {
  const publication = await publicationOf(web, request);
  const { locale } = publication;
  reply.code(404);
  return showMessage(web, reply, { publication, locale, message: pageWords(locale).badLink });
}
