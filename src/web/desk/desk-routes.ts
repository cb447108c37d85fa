import multipart from '@fastify/multipart';
import type { FastifyPluginAsync } from 'fastify';
import { findPublication } from '../../publications/publication-store.ts';
import type { Web } from '../web-parts.ts';
import { againRoutes } from './again-routes.ts';
import { knowEditor, refuseForeignForms, requireEditor } from './desk-guard.ts';
import { deskNotFound, deskPath } from './desk-page.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { heldRoutes } from './held-routes.ts';
import { importRoutes } from './import-routes.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { issueDeskRoutes } from './issue-routes.ts';
import { leavingRoutes } from './leaving-routes.ts';
import { liftRoutes } from './lift-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { readerRoutes } from './reader-routes.ts';
import { sendRoutes } from './send-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { settleRoutes } from './settle-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { suppressionRoutes } from './suppression-routes.ts';
import { UPLOAD_LIMITS } from './upload.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** The editor's pages: everything behind signing in, but for caught mail on a machine of one's own. */
export function deskRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.decorateRequest('editor', null);
    app.setNotFoundHandler((request, reply) => deskNotFound(web, request, reply));
    refuseForeignForms(app, web);
    knowEditor(app, web);
    await app.register(signInRoutes(web));
    await app.register(mailRoutes(web));
    await app.register(async (signedIn) => {
      requireEditor(signedIn);
      await signedIn.register(multipart, { limits: UPLOAD_LIMITS });
      signedIn.get('/', async (request, reply) => {
        const home = `${deskPath(await findPublication(web.db, null))}/issues`;
        return reply.redirect(home + request.url.replace(/^[^?]*/, ''), 303);
      });
      for (const routes of [
        importRoutes,
        issueDeskRoutes,
        sendRoutes,
        againRoutes,
        settleRoutes,
        readerRoutes,
        heldRoutes,
        suppressionRoutes,
        liftRoutes,
        leavingRoutes,
        inboxRoutes,
        evidenceRoutes,
        settingsRoutes,
        webhookRoutes,
      ]) {
        await signedIn.register(routes(web), { prefix: '/p/:publication' });
      }
    });
  };
}
