import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Editor } from '../../publications/editor-store.ts';
import { unreachable } from '../../result.ts';
import { type LiftRefusal, liftByHand } from '../../subscribers/lift.ts';
import { suppressByHand } from '../../subscribers/suppress.ts';
import type { Web } from '../web-parts.ts';
import { addressPath, type OpenAddress, openAddress, showAddress, showLift } from './suppression-page.ts';

const MOST_WORDS = 500;

const liftForm = z.object({
  why: z.string().max(MOST_WORDS).default(''),
  complaint: z.literal('yes').optional().catch(undefined),
});
const suppressForm = z.object({ why: z.string().max(MOST_WORDS).default('') });

/** One address: why it is mailed no more, and the editor's word that it is or is not to be mailed. */
export function liftRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/suppressions/:hash', async (request, reply) => {
      return showAddress(web, request, reply, await openAddress(web, request));
    });

    app.post('/readers/suppressions/:hash', async (request, reply) => {
      const address = await openAddress(web, request);
      const problem = await suppress(web, request.editor, address, suppressForm.parse(request.body ?? {}));
      if (problem !== null) return showAddress(web, request, reply.code(422), address, problem);
      return reply.redirect(`${addressPath(address.publication, address.hash)}?said=suppressed`, 303);
    });

    app.get('/readers/suppressions/:hash/lift', async (request, reply) => {
      const address = await openAddress(web, request);
      if (!address.standing.suppression)
        return reply.redirect(addressPath(address.publication, address.hash), 303);
      return showLift(web, request, reply, address, { why: '', problem: null });
    });

    app.post('/readers/suppressions/:hash/lift', async (request, reply) => {
      const address = await openAddress(web, request);
      const form = liftForm.parse(request.body ?? {});
      const problem = await lift(web, request.editor, address, form);
      if (problem !== null)
        return showLift(web, request, reply.code(422), address, { why: form.why, problem });
      return reply.redirect(`${addressPath(address.publication, address.hash)}?said=lifted`, 303);
    });
  };
}

/** Null when it is done, else why not. */
async function lift(
  web: Web,
  editor: Editor | null,
  { hash }: OpenAddress,
  { why, complaint }: z.infer<typeof liftForm>,
): Promise<string | null> {
  if (!editor) return 'Sign in first.';
  const lifted = await liftByHand(web.db, hash, {
    by: { via: 'desk', editor },
    why,
    despiteComplaint: complaint === 'yes',
    now: web.clock.now(),
  });
  if (!lifted.ok) return refusalWords(lifted.error);
  web.log.info({ event: 'suppression lifted', editor: editor.id, reason: lifted.value.suppression.reason });
  return null;
}

function refusalWords(reason: LiftRefusal): string {
  switch (reason) {
    case 'no reason':
      return 'Say in a few words why: whoever looks at this reader later wants to know.';
    case 'not suppressed':
      return 'Nothing stands against this address any more.';
    case 'erased':
      return 'This person asked to be erased: only they can come back, by signing up.';
    case 'complaint':
      return 'This reader reported a letter as spam. Tick the box if you have their own word that they want it.';
    default:
      return unreachable(reason);
  }
}

async function suppress(
  web: Web,
  editor: Editor | null,
  { standing: { email } }: OpenAddress,
  { why }: z.infer<typeof suppressForm>,
): Promise<string | null> {
  if (!editor || email === null) return 'Only an address that is known can be suppressed.';
  const done = await suppressByHand(web.db, { email, editor: editor.email, why, now: web.clock.now() });
  return done.ok ? null : refusalWords('no reason');
}
