import type { FastifyReply, FastifyRequest } from 'fastify';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { createSend } from '../../delivery/create-send.ts';
import { audienceSize } from '../../delivery/freeze-store.ts';
import { type LocalTime, readLocalTime } from '../../delivery/local-time.ts';
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

export const NOBODY = 'Nobody is subscribed yet, so there is nobody to send to.';

/** The last look: how many people exactly, and when. */
export async function showConfirmSend(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  desk: DeskIssue,
  given: { readonly form: SendForm; readonly problem?: string },
) {
  const { publication, issue } = desk;
  const readers = await audienceSize(web.db, publication.id);
  const before = tellingSend(await sendsOfIssue(web.db, issue.id));
  const obstacle = publication.postal_address ? null : NO_POSTAL_ADDRESS;
  const nobody = readers === 0 ? NOBODY : null;
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
    can_send: obstacle === null && nobody === null && before === null,
    settings_link: obstacle !== null,
    nobody: nobody !== null,
    form: given.form,
    canary:
      publication.canary_size > 0 && publication.canary_size < readers
        ? count(publication.canary_size)
        : null,
    problem: obstacle ?? sentBefore ?? nobody ?? given.problem ?? null,
  });
}

export const sendForm = z.object({
  when: z.enum(['now', 'later']).default('now'),
  at: z.string().default(''),
  /** Whose wall clock is meant: the publication's, or each reader's. */
  clock: z.enum(['publication', 'reader']).default('publication'),
});
export type SendForm = z.infer<typeof sendForm>;

/** Now, or at a time of the publication's or of each reader's; a refusal is a sentence for the page. */
export async function confirmSend(web: Web, desk: DeskIssue, form: SendForm): Promise<Result<Send, string>> {
  const { publication, issue } = desk;
  if ((await audienceSize(web.db, publication.id)) === 0) return refuse(NOBODY);
  const at = form.when === 'later' ? timeOf(form, publication.timezone, web.clock.now()) : null;
  if (form.when === 'later' && at === null) return refuse('Choose a day and a time.');
  try {
    const send = await createSend(web, { publication, issue, at, again: false });
    await wakeSend(web, send.id);
    return ok(send);
  } catch (error) {
    if (error instanceof Fault) return refuse(deskSentence(error));
    throw error;
  }
}

/** What `datetime-local` gives is a wall clock's time: "2021-02-15T08:00". */
function timeOf({ at, clock }: SendForm, timezone: string, now: Date): Date | LocalTime | null {
  const local = DateTime.fromISO(at, { zone: timezone });
  if (at === '' || !local.isValid) return null;
  const [day = '', time = ''] = at.split('T');
  return clock === 'reader' ? readLocalTime(time.slice(0, 5), day, timezone, now) : local.toJSDate();
}
