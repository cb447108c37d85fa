import { SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { LinkId, SendId } from '../ids.ts';
import { BURST_REACH_S, Bursts, type Trace } from './burst.ts';
import { classify } from './classify.ts';
import {
  lettersLinks,
  type PendingVisit,
  pendingVisits,
  reopenVisits,
  type SendTime,
  tracesWithin,
  type VisitTrace,
  writeVerdicts,
} from './visit-class-store.ts';
import { dueReports, holdReport, markStale, staleReports, sumUp, visitsWait } from './visit-count-store.ts';

/** Visits in one transaction. */
const CHUNK = 2000;
/** Visits are written up to a second after they came, and a web process may be slow or have another clock. */
const WRITTEN_WITHIN_S = 15;
/** Reports are made anew so often at most, however fast visits come: each reads all visits of its send. */
const EACH_S = 30;

/** A wake-up for each step of the clock with something to do in it; null where there is nothing. */
export async function missingVisitJob(db: Db, now: Date): Promise<Date | null> {
  const until = decidableUntil(now);
  return (await visitsWait(db, until)) ? until : null;
}

/** What came before then can be classified: all that its visitors did around it has been written. */
function decidableUntil(now: Date): Date {
  const step = EACH_S * SECOND_MS;
  const ripe = now.getTime() - (BURST_REACH_S + WRITTEN_WITHIN_S) * SECOND_MS;
  return new Date(Math.floor(ripe / step) * step);
}

/** @param stopping aborted when the process leaves: what is left is found again. */
export async function classifyVisits(db: Db, until: Date, stopping: AbortSignal): Promise<void> {
  await classifyAll(db, until, stopping);
  await sumUpAll(db, await dueReports(db), stopping);
}

async function classifyAll(db: Db, until: Date, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted && (await classifyChunk(db, until)) === CHUNK);
}

async function sumUpAll(db: Db, sends: readonly SendId[], stopping: AbortSignal): Promise<void> {
  for (const send of sends) {
    if (stopping.aborted) return;
    await db.transaction().execute(async (tx) => {
      if (await holdReport(tx, send)) await sumUp(tx, send);
    });
  }
}

/**
 * Classifies visits once more, by the rules as they are now, here or in whatever worker is first; answers how many. Those
 * of the last minute are left to the workers.
 */
export async function reclassifyVisits(
  db: Db,
  since: Date | null,
  now: Date,
  stopping: AbortSignal,
): Promise<number> {
  const reopened = await reopenVisits(db, since);
  await classifyAll(db, decidableUntil(now), stopping);
  await sumUpAll(db, await staleReports(db), stopping);
  return reopened;
}

async function classifyChunk(db: Db, until: Date): Promise<number> {
  const visits = await pendingVisits(db, until, CHUNK);
  if (visits.length === 0) return 0;
  const sends = [...new Set(visits.map(({ send_id }) => send_id))];
  const links = await lettersLinks(db, sends);
  const traces = await tracesWithin(db, timesAround(visits));
  const bursts = new Bursts(traces.flatMap((trace) => tracesOf(trace, links)));
  const verdicts = visits.map((visit) => ({ id: visit.id, ...judge(visit, bursts) }));
  await db.transaction().execute(async (tx) => {
    await writeVerdicts(tx, verdicts);
    await markStale(tx, sends);
  });
  return visits.length;
}

function judge(visit: PendingVisit, bursts: Bursts) {
  const burst = bursts.around(keysOf(visit), Math.floor(visit.at.getTime() / SECOND_MS));
  return classify({ ...visit, isFollowed: visit.subscriber_id !== null, burst });
}

/** Whom a visit is of: a reader where that is known, and a visitor of this day. */
function keysOf({
  send_id,
  subscriber_id,
  visitor,
}: Pick<VisitTrace, 'send_id' | 'subscriber_id' | 'visitor'>) {
  const keys = [
    subscriber_id !== null && `reader ${subscriber_id}`,
    visitor !== null && `visitor ${visitor}`,
  ];
  return keys.filter((key) => key !== false).map((key) => `send ${send_id} ${key}`);
}

function tracesOf(trace: VisitTrace, links: ReadonlyMap<LinkId, number>): Trace[] {
  const { link_id, second } = trace;
  const many = link_id === null ? 0 : (links.get(link_id) ?? 0);
  return keysOf(trace).map((by) => ({ by, second, link: link_id, links: many }));
}

/** The times in which the visits lie, with their surroundings; near ones are one, so that none is read twice. */
export function timesAround(visits: readonly Pick<PendingVisit, 'send_id' | 'at'>[]): SendTime[] {
  const reach = BURST_REACH_S * SECOND_MS;
  return [...Map.groupBy(visits, ({ send_id }) => send_id)].flatMap(([send, of]) => {
    const times: { from: number; to: number }[] = [];
    for (const at of of.map((visit) => visit.at.getTime()).sort((one, other) => one - other)) {
      const last = times.at(-1);
      if (last && at - reach <= last.to) last.to = at + reach;
      else times.push({ from: at - reach, to: at + reach });
    }
    return times.map(({ from, to }) => ({ send, from: new Date(from), to: new Date(to) }));
  });
}
