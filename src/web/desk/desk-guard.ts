import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Editor } from '../../publications/editor-store.ts';
import { findSession, type Session } from '../../publications/editors.ts';
import { wantsJson } from '../request.ts';
import type { Web } from '../web-parts.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in; null on the readers' pages and before signing in. */
    editor: Editor | null;
  }
}

const COOKIE = 'pressrun_desk';
const PATH = '/desk';

export function sessionToken(request: FastifyRequest): string | null {
  return request.cookies[COOKIE] ?? null;
}

export function openSession(web: Web, reply: FastifyReply, session: Session): void {
  reply.setCookie(COOKIE, session.token, { ...cookieRules(web), expires: session.expires_at });
}

export function closeSession(web: Web, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, cookieRules(web));
}

/** Lax, not Strict: a link in a mail to the editor opens the desk, and no GET of it changes anything. */
function cookieRules(web: Web) {
  const secure = web.publicUrl.startsWith('https:');
  return { path: PATH, httpOnly: true, sameSite: 'lax', secure } as const;
}

/**
 * Refuses forms that another site's page sent in an editor's name: the browser itself says where a
 * request came from (Sec-Fetch-Site; older ones Origin), and whoever says neither is no browser with a cookie.
 */
export function refuseForeignForms(app: FastifyInstance, web: Web): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
    if (isOwnForm(web, request)) return;
    return reply
      .code(403)
      .type('text/plain')
      .send('This form was not sent from the desk itself. Open the desk and try again.');
  });
}

function isOwnForm(web: Web, request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = request.headers;
  return origin === new URL(web.publicUrl).origin || origin === `${request.protocol}://${request.host}`;
}

/** Knows the editor of each request; whether one is needed is for the routes. */
export function knowEditor(app: FastifyInstance, web: Web): void {
  app.addHook('onRequest', async (request) => {
    const token = sessionToken(request);
    request.editor = token ? await findSession(web.db, token, web.clock.now()) : null;
  });
}

/** Sends whoever is not signed in to do that, and an editor with a one-time password to change it. */
export function requireEditor(app: FastifyInstance): void {
  requireEditorUnless(app, () => false);
}

export function requireEditorUnless(
  app: FastifyInstance,
  isOpen: (request: FastifyRequest) => boolean,
): void {
  app.addHook('onRequest', async (request, reply) => {
    const { editor } = request;
    if ((editor && !editor.must_change_password) || isOpen(request)) return;
    if (wantsJson(request))
      return reply.code(401).send({ error: { code: 'signed_out', message: 'Sign in first.' } });
    if (editor) return reply.redirect('/desk/password', 303);
    const to = request.method === 'GET' ? `?to=${encodeURIComponent(request.url)}` : '';
    return reply.redirect(`/desk/sign-in${to}`, 303);
  });
}
