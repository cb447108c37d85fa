import type { FastifyReply, FastifyRequest } from 'fastify';
import { DateTime } from 'luxon';
import { createSend } from '../../delivery/create-send.ts';
import { audienceSize } from '../../delivery/freeze-store.ts';
import { type Send, sendsOfIssue } from '../../delivery/send-store.ts';
import { missingPictures } from '../../document/pictures.ts';
import { Fault, ok, type Result, refuse } from '../../result.ts';
import { wakeSend } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { count, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { type DeskIssue, issueHref } from './issue-page.ts';
import { tellingSend } from './issue-state.ts';

const NO_POSTAL_ADDRESS =
  'This publication has no postal address, and the law asks for one in every letter: nothing can be sent until there is one.';

/** The last look: how many people exactly, and when. */
export async function showConfirmSend(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  desk: DeskIssue,
  given: { readonly at: string; readonly problem?: string },
) {
  const { publication, issue } = desk;
  const readers = await audienceSize(web.db, publication.id);
  const before = tellingSend(await sendsOfIssue(web.db, issue.id));
  const obstacle = publication.postal_address ? null : NO_POSTAL_ADDRESS;
  const sentBefore = before ? 'This issue has a send already: its page shows who got it.' : null;
  return showDesk(web, request, reply, 'confirm-send', {
    publication,
    section: 'issues',
    shape: 'narrow',
    title: `Send ${issue.title}`,
    issue,
    issue_href: issueHref(desk),
    here: `${issueHref(desk)}/send`,
    readers: count(readers),
    missing: missingPictures(desk.document, desk.pictures),
    can_send: obstacle === null && before === null,
    settings_link: obstacle !== null,
    at: given.at,
    problem: obstacle ?? sentBefore ?? given.problem ?? null,
  });
}

/** Now, or at a local time of the publication's; a refusal is a sentence for the page. */
export async function confirmSend(
  web: Web,
  desk: DeskIssue,
  form: { readonly when: 'now' | 'later'; readonly at: string },
): Promise<Result<Send, string>> {
  const { publication, issue } = desk;
  const at = form.when === 'later' ? localTime(form.at, publication.timezone) : null;
  if (form.when === 'later' && at === null) return refuse('Choose a day and a time.');
  try {
    const send = await createSend(web, { publication, issue, at, again: false });
    if (at === null) await wakeSend(web, send.id);
    return ok(send);
  } catch (error) {
    if (error instanceof Fault) return refuse(deskSentence(error));
    throw error;
  }
}

/** What `datetime-local` gives is a wall clock's time: "2021-02-15T08:00", where the publication is at home. */
function localTime(text: string, timezone: string): Date | null {
  const local = DateTime.fromISO(text, { zone: timezone });
  return text !== '' && local.isValid ? local.toJSDate() : null;
}
