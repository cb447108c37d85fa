import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changePassword, endSession, signIn } from '../../publications/editors.ts';
import type { PasswordFault } from '../../publications/passwords.ts';
import { unreachable } from '../../result.ts';
import { clientPrefix } from '../client-prefix.ts';
import type { LimitKeys } from '../limiter.ts';
import type { Web } from '../web-parts.ts';
import { closeSession, openSession, sessionToken } from './desk-guard.ts';
import { showDesk } from './desk-page.ts';

const RULE = 'At least 10 letters. A few words that belong together only for you are best.';

const signInForm = z.object({
  email: z.string().default(''),
  password: z.string().default(''),
  to: z.string().default(''),
});
const passwordForm = z.object({ current: z.string().default(''), next: z.string().default('') });

/** Signing in and out, and the password. */
export function signInRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/sign-in', async (request, reply) => {
      const { to } = z.object({ to: z.string().default('') }).parse(request.query);
      return showSignIn(web, request, reply, { email: '', to: ownPath(to) });
    });

    app.post('/sign-in', async (request, reply) => {
      const form = signInForm.parse(request.body ?? {});
      const to = ownPath(form.to);
      const keys = limitKeys(request, form.email);
      const wait = await web.limiter.consume(keys);
      if (wait !== null) {
        reply.code(429).header('retry-after', wait);
        const problem = `Too many tries. Wait ${Math.ceil(wait / 60)} minutes, then try again.`;
        return showSignIn(web, request, reply, { email: form.email, to, problem });
      }
      const signedIn = await signIn(web.db, form.email, form.password, web.clock.now());
      if (!signedIn.ok) {
        web.log.info({ event: 'sign-in refused' });
        reply.code(422);
        const problem = 'Address and password do not belong together.';
        return showSignIn(web, request, reply, { email: form.email, to, problem });
      }
      await web.limiter.forgive(keys.slice(0, 1));
      openSession(web, reply, signedIn.value.session);
      return reply.redirect(signedIn.value.editor.must_change_password ? '/desk/password' : to, 303);
    });

    app.post('/sign-out', async (request, reply) => {
      const token = sessionToken(request);
      if (token) await endSession(web.db, token);
      closeSession(web, reply);
      return reply.redirect('/desk/sign-in', 303);
    });

    app.get('/password', async (request, reply) => {
      if (!request.editor) return reply.redirect('/desk/sign-in', 303);
      return showPassword(web, request, reply, null);
    });

    app.post('/password', async (request, reply) => {
      const { editor } = request;
      const token = sessionToken(request);
      if (!editor || !token) return reply.redirect('/desk/sign-in', 303);
      const wait = await web.limiter.consume(limitKeys(request, editor.email));
      if (wait !== null)
        return showPassword(web, request, reply.code(429), 'Too many tries. Wait a quarter of an hour.');
      const form = passwordForm.parse(request.body ?? {});
      const changed = await changePassword(web.db, { editor: editor.id, token, ...form });
      if (!changed.ok) return showPassword(web, request, reply.code(422), passwordProblem(changed.error));
      return reply.redirect('/desk?said=password', 303);
    });
  };
}

function limitKeys(request: FastifyRequest, email: string): LimitKeys {
  const prefix = clientPrefix(request.ip) ?? 'unknown';
  return [
    ['signInAccount', `${email.trim().toLowerCase()} ${prefix}`],
    ['signInPrefix', prefix],
  ];
}

function showSignIn(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { email: string; to: string; problem?: string },
) {
  return showDesk(web, request, reply, 'sign-in', {
    title: 'Sign in',
    shape: 'gate',
    problem: null,
    ...form,
  });
}

function showPassword(web: Web, request: FastifyRequest, reply: FastifyReply, problem: string | null) {
  return showDesk(web, request, reply, 'password', { title: 'Password', shape: 'gate', problem, rule: RULE });
}

function passwordProblem(problem: 'wrong' | PasswordFault): string {
  switch (problem) {
    case 'wrong':
      return 'The present password is not right.';
    case 'too short':
      return `The new password is too short. ${RULE}`;
    case 'too long':
      return 'The new password is too long: at most 200 letters.';
    case 'the same':
      return 'The new password is the old one: choose another.';
    default:
      return unreachable(problem);
  }
}

/** Where to go after signing in: only ever a page of the desk. */
function ownPath(to: string): string {
  return /^\/desk(\/[\w./?=&%-]*)?$/.test(to) && !to.startsWith('/desk/sign') ? to : '/desk';
}
