import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../clock.ts';
import { createSend } from '../delivery/create-send.ts';
import { importIssue } from '../issues/import-issue.ts';
import { depsOf, type Parts, run } from '../main.ts';
import { createPublication } from '../publications/edit-publications.ts';
import { linksOf } from '../visits/report-store.ts';
import { type BenchChild, startChild } from './bench-child.ts';
import { median, type Stop, type Tell } from './bench-request.ts';
import { countVisits, emptyVisits, insertReaders } from './bench-store.ts';
import { type RequestFigures, requestFigures } from './http-requests.ts';
import { freePort, listenOnLoopback } from './loopback.ts';
import { onOwnPress } from './own-press.ts';
import type { RedirectOrder } from './redirect-orders.ts';

export interface RedirectBench {
  readonly requests: number;
  readonly connections: number;
  readonly rounds: number;
}

interface Figures {
  readonly per_second: number;
  /** From a request's first byte to its answer. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Medians of the rounds. */
export interface RedirectReport extends RedirectBench {
  /** Each click is counted in Postgres meanwhile. */
  readonly pressrun: Figures;
  /** What answers 302 and does nothing else; `ratio` is the median of pressrun's rate over its own in the same round. */
  readonly beside: readonly (Figures & { readonly what: string; readonly ratio: number })[];
  /** What did not add up; empty where each click was sent on and counted once. */
  readonly faults: readonly string[];
}

interface Round {
  readonly press: RequestFigures;
  readonly bare: RequestFigures;
  readonly fault: string | null;
}

const BARE = 'node:http';
const ITEMS = 20;
/** The last counts are written behind the last answers. */
const COUNTED_WITHIN_MS = 10 * SECOND_MS;
const LOOK_AGAIN_MS = 100;

/** Measures how fast clicks are sent on while they are counted, in a directory of its own of which nothing stays. */
export async function benchRedirects(
  request: RedirectBench,
  stop: Stop,
  tell: Tell,
): Promise<RedirectReport> {
  const port = await freePort();
  return onOwnPress({ PORT: String(port) }, tell, async (parts) => {
    const paths = await clickPaths(parts);
    const web = await run(parts, { web: true, workers: false });
    const rounds = playRounds(parts, { ...request, port, paths }, request.rounds, stop, tell);
    return reportOf(request, await rounds.finally(() => web.close()));
  });
}

/** The counted links of a letter that is frozen; nobody mails it. */
async function clickPaths(parts: Parts): Promise<string[]> {
  const deps = depsOf(parts);
  const publication = await createPublication(deps.db, {
    slug: 'measured',
    name: 'The Measured Letter',
    from_name: 'The Measured Letter',
    from_address: 'letter@example.test',
    postal_address: '1 Example Street, 12345 Example Town',
  });
  await insertReaders(deps.db, publication.id, 1);
  const items = Array.from({ length: ITEMS }, (_, n) => `## Item ${n}\n\n<https://example.test/${n}>\n`);
  const bytes = Buffer.from(`---\ntitle: Measured\nslug: measured\n---\n\n# Links\n\n${items.join('\n')}`);
  const { issue } = await importIssue(deps.db, { publication, bytes, file: null });
  const { id: send } = await createSend(deps, { publication, issue, at: null, again: false });
  const links = await linksOf(deps.db, send);
  return links.map(
    ({ id: link }) => `/c/${deps.tokens.visits.make({ kind: 'click', link, send, subscriber: null })}`,
  );
}

async function playRounds(
  { database: { db } }: Parts,
  order: RedirectOrder,
  rounds: number,
  { interrupted }: Stop,
  tell: Tell,
): Promise<Round[]> {
  const bare = createServer((_request, response) => {
    response.writeHead(302, { location: 'https://example.test/' }).end();
  });
  const bareOrder = { ...order, port: await listenOnLoopback(bare) };
  const readers: BenchChild<RedirectOrder, RequestFigures> = startChild('redirect-process.ts', (answer) =>
    requestFigures.parse(answer),
  );
  const ask = (of: RedirectOrder) => Promise.race([readers.ask(of), interrupted]);
  const played: Round[] = [];
  try {
    for (let number = 1; number <= rounds; number += 1) {
      tell(`round ${number} of ${rounds}: ${order.requests} clicks`);
      await emptyVisits(db);
      const press = await ask(order);
      const fault = faultOf(press, order, await countedVisits(db, order.requests));
      tell(`round ${number} of ${rounds}: ${BARE}`);
      played.push({ press, fault, bare: await ask(bareOrder) });
    }
  } finally {
    await readers.close();
    await close(bare);
  }
  return played;
}

async function countedVisits(db: Parts['database']['db'], expected: number): Promise<number> {
  for (let waited = 0; ; waited += LOOK_AGAIN_MS) {
    const counted = await countVisits(db);
    if (counted >= expected || waited >= COUNTED_WITHIN_MS) return counted;
    await sleep(LOOK_AGAIN_MS);
  }
}

function faultOf({ refused }: RequestFigures, { requests }: RedirectOrder, counted: number): string | null {
  if (refused > 0) return `${refused} clicks were not answered by 302`;
  return counted === requests ? null : `${counted} of ${requests} clicks were counted`;
}

function reportOf(request: RedirectBench, rounds: readonly Round[]): RedirectReport {
  const rate = ({ elapsed_ms }: RequestFigures) => (request.requests * SECOND_MS) / elapsed_ms;
  const ratio = median(rounds.map(({ press, bare }) => rate(press) / rate(bare)));
  const figures = (of: (round: Round) => RequestFigures): Figures => ({
    per_second: Math.round(median(rounds.map((round) => rate(of(round))))),
    p50_ms: rounded(median(rounds.map((round) => of(round).p50_ms))),
    p99_ms: rounded(median(rounds.map((round) => of(round).p99_ms))),
  });
  return {
    ...request,
    pressrun: figures(({ press }) => press),
    beside: [{ what: BARE, ...figures(({ bare }) => bare), ratio: Math.round(ratio * 100) / 100 }],
    faults: rounds.map(({ fault }) => fault).filter((fault) => fault !== null),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
