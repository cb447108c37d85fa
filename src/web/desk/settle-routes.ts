import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { receipt } from '../../delivery/receipt.ts';
import { settleSend } from '../../delivery/retry-send.ts';
import type { Send } from '../../delivery/send-store.ts';
import { showId } from '../../ids.ts';
import { findIssue } from '../../issues/issue-store.ts';
import type { Publication } from '../../publications/publication.ts';
import { Fault } from '../../result.ts';
import { wakeSend } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, plural, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { openSend } from './open-send.ts';

const CHOICES = ['resend', 'accepted', 'rejected'] as const;
type Choice = (typeof CHOICES)[number];

const settleForm = z.object({ as: z.enum(CHOICES).optional().catch(undefined) });

/** What each decision does, in an editor's words. */
const WORDS: Readonly<Record<Choice, { readonly name: string; readonly meaning: string }>> = {
  resend: { name: 'Send it to them once more', meaning: 'Some may get the letter twice.' },
  accepted: { name: 'Count them as having it', meaning: 'Nothing more is sent to them.' },
  rejected: {
    name: 'Count them as not having it',
    meaning: 'Nothing is sent now; a retry of this send reaches them.',
  },
};

/** Readers whose mail server took the letter and never answered: the editor decides what to believe. */
export function settleRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/sends/:send/settle', async (request, reply) => {
      const { publication, send } = await openSend(web, request);
      return showSettle(web, request, reply, publication, send, null);
    });

    app.post('/sends/:send/settle', async (request, reply) => {
      const { publication, send } = await openSend(web, request);
      const { as } = settleForm.parse(request.body ?? {});
      const problem = as === undefined ? 'Choose what to believe about them.' : await settle(web, send, as);
      if (problem !== null) return showSettle(web, request, reply.code(422), publication, send, problem);
      return reply.redirect(`${deskPath(publication)}/sends/${showId('send', send.id)}?said=settled`, 303);
    });
  };
}

/** Null when it is done, else why it could not be. */
async function settle(web: Web, { id }: Send, as: Choice): Promise<string | null> {
  try {
    await settleSend(web, id, as);
    await wakeSend(web, id);
    return null;
  } catch (error) {
    if (error instanceof Fault) return deskSentence(error);
    throw error;
  }
}

async function showSettle(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  send: Send,
  problem: string | null,
) {
  const { unknown } = await receipt(web.db, send.id);
  const issue = await findIssue(web.db, publication.id, showId('issue', send.issue_id));
  const choices = CHOICES.filter((as) => as !== 'resend' || send.state !== 'cancelled');
  const id = showId('send', send.id);
  return showDesk(web, request, reply, 'settle', {
    publication,
    section: 'issues',
    shape: 'narrow',
    title: `Unknown in ${id}: ${issue.title}`,
    id,
    issue,
    send_href: `${deskPath(publication)}/sends/${id}`,
    unknown: unknown === 0 ? null : plural(unknown, 'reader'),
    choices: choices.map((as) => ({ as, ...WORDS[as] })),
    problem,
  });
}
