import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import { showId } from '../ids.ts';
import type { Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import type { DueDeps } from './freeze-due-send.ts';
import {
  type CanaryStanding,
  canaryStanding,
  commonestReply,
  guardedSends,
  noteCanaryTried,
  passCanary,
  stopSend,
} from './guard-store.ts';
import { findSend, type Send } from './send-store.ts';
import { tallyOf } from './tally-store.ts';
import { type Answers, excessOf, excessWords, showCount } from './verdict.ts';

export interface GuardDeps extends Pick<DueDeps, 'tellEditors'> {
  readonly db: Db;
  readonly clock: Clock;
}

/** Looks at the answers of every send that runs with a canary or a breaker, and pauses those that go wrong. */
export async function guardSends(deps: GuardDeps): Promise<void> {
  for (const id of await guardedSends(deps.db)) await guardSend(deps, id);
}

async function guardSend(deps: GuardDeps, id: SendId): Promise<void> {
  const send = await findSend(deps.db, id);
  if (send.state !== 'sending') return;
  const publication = await publicationById(deps.db, send.publication_id);
  if (publication.breaker && (await breakerStops(deps, send, publication))) return;
  if (send.canary === 'running') await judgeCanary(deps, send, publication);
}

/** Judges what came since the send began or was last resumed, once there is enough of it. */
async function breakerStops(deps: GuardDeps, send: Send, publication: Publication): Promise<boolean> {
  const { accepted, rejected } = await tallyOf(deps.db, send.id);
  const answers = {
    accepted: accepted - send.base_accepted,
    rejected: rejected - send.base_rejected,
    bounced: send.bounced - send.base_bounced,
    complained: send.complained - send.base_complained,
  };
  if (answers.accepted + answers.rejected < publication.breaker_least) return false;
  const words = await troubleOf(deps.db, send, answers, publication);
  return words !== null && stop(deps, send, publication, `${words}.`);
}

/**
 * Judges the first readers when each of them was tried and the wait since then is over. Deferred ones do not hold
 * it up, unless nobody at all has an outcome yet: then nothing is known.
 */
async function judgeCanary(deps: GuardDeps, send: Send, publication: Publication): Promise<void> {
  const standing = await canaryStanding(deps.db, send.id);
  if (standing.untried > 0) return;
  await noteCanaryTried(deps.db, send.id);
  if (!standing.waited) return;
  if (standing.open > 0 && standing.accepted + standing.rejected === 0) return;
  const answers = { ...standing, bounced: send.bounced, complained: send.complained };
  const words = await troubleOf(deps.db, send, answers, publication);
  if (words === null) await passCanary(deps.db, send.id);
  else await stop(deps, send, publication, canaryReason(words, send, standing));
}

function canaryReason(words: string, send: Send, { readers }: CanaryStanding): string {
  const others = send.audience_size - readers;
  return `The first ${showCount(readers)} readers tried it out: ${words}. The other ${showCount(others)} have not been mailed.`;
}

async function troubleOf(
  db: Db,
  { id }: Send,
  answers: Answers,
  publication: Publication,
): Promise<string | null> {
  const excess = excessOf(answers, publication);
  return excess && excessWords(excess, await commonestReply(db, id));
}

/** The word to the editors is written with the pause: it is said once, and never without it. */
function stop(deps: GuardDeps, send: Send, publication: Publication, reason: string): Promise<boolean> {
  return deps.db.transaction().execute(async (tx) => {
    if (!(await stopSend(tx, send.id, reason, send))) return false;
    await deps.tellEditors(tx, {
      publication,
      key: `paused:s${send.id}:${deps.clock.now().toISOString()}`,
      heading: `${publication.name}: a send was paused`,
      paragraphs: [
        `${showId('send', send.id)} was paused by itself. ${reason}`,
        'Resume it on its page at the desk to go on all the same, or cancel it. Whoever has the letter keeps it.',
      ],
    });
    return true;
  });
}
