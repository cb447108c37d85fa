import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../clock.ts';
import { type NoticeId, showId } from '../ids.ts';
import type { Issue } from '../issues/issue-store.ts';
import { depsOf, openMail, type Parts } from '../main.ts';
import { findNotice, type NoticeSeen } from '../notices/notice-store.ts';
import { sendTest } from '../notices/test-notice.ts';
import { workNotice } from '../notices/work-notice.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import { wakeNotices } from '../web/wake.ts';
import type { Answer } from './command.ts';
import { requireMailServer } from './production.ts';
import { wakeWorkers } from './wake-workers.ts';
import { worksAlone } from './work-notices.ts';

const PATIENCE_MS = 60 * SECOND_MS;
const POLL_MS = 100;

interface TestCopy {
  readonly publication: Publication;
  readonly issue: Issue;
  readonly to: string;
}

/** One copy of an issue to one address: sent from here, unless a running `start` does it. */
export async function sendTestCopy(parts: Parts, copy: TestCopy, signal: AbortSignal): Promise<Answer> {
  const { publication, issue, to } = copy;
  if (!parts.embedded) requireMailServer(parts.config);
  const test = { issue_id: issue.id, email: to };
  const { id } = await sendTest(parts.database.db, publication, test);
  if (!parts.embedded || (await worksAlone(parts))) await workHere(parts, id);
  else await wakeWorkers(parts, (queue) => wakeNotices(queue, [id]));
  return answerOf(await answered(parts, id, signal));
}

/** @throws {Fault} `no_mail_server` when none takes mail: the notice waits then, as any other would. */
async function workHere(parts: Parts, id: NoticeId): Promise<void> {
  const mail = await openMail(parts);
  try {
    const server = await mail.outbound.check();
    if (!server.ok) {
      const waits = `${showId('notice', id)} goes out when one does`;
      throw new Fault('no_mail_server', `No mail server takes mail (${server.error}): ${waits}.`, 'failure');
    }
    await workNotice({ ...depsOf(parts), outbound: mail.outbound }, id);
  } finally {
    await mail.close();
  }
}

/** Its own worker or another one's: the row says what came of it. */
async function answered({ database }: Parts, id: NoticeId, signal: AbortSignal): Promise<NoticeSeen> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const notice = await findNotice(database.db, id);
    if (notice && notice.state !== 'queued' && notice.state !== 'handed over') return notice;
    await sleep(POLL_MS, null, { signal });
  }
  const seconds = PATIENCE_MS / SECOND_MS;
  throw new Fault(
    'no_answer',
    `${showId('notice', id)} has no answer after ${seconds} s, and goes on by itself.`,
    'failure',
  );
}

function answerOf({ id, email, state, reply }: NoticeSeen): Answer {
  const accepted = state === 'accepted';
  const words = reply ?? state;
  return {
    value: { notice: showId('notice', id), to: email, accepted, reply: words },
    text: `${email}: ${accepted ? 'accepted' : state} (${words})`,
    status: accepted ? 0 : 1,
  };
}
