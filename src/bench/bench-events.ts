import { randomBytes } from 'node:crypto';
import { type Parts, run } from '../main.ts';
import { startChild } from './bench-child.ts';
import { median, type Stop, type Tell } from './bench-request.ts';
import { countRawEvents, emptyInbox } from './bench-store.ts';
import type { EventOrder } from './event-orders.ts';
import { type RequestFigures, requestFigures } from './http-requests.ts';
import { freePort } from './loopback.ts';
import { onOwnPress } from './own-press.ts';

export interface EventBench {
  readonly events: number;
  /** Events in a request. */
  readonly array: number;
  readonly connections: number;
  readonly rounds: number;
}

/** Medians of the rounds. */
export interface EventReport {
  readonly events: number;
  readonly array: number;
  readonly connections: number;
  /** Events that were durable, and answered. */
  readonly per_second: number;
  /** From a request's first byte to its answer. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** What did not add up; empty where each request was answered by 200 and is stored once. */
  readonly faults: readonly string[];
}

/** Measures how fast a hook takes events, in a directory of its own of which nothing stays. No worker runs beside it. */
export async function benchEvents(request: EventBench, stop: Stop, tell: Tell): Promise<EventReport> {
  const key = randomBytes(32).toString('base64');
  const port = await freePort();
  const variables = { GENERIC_HOOK_SECRET: `whsec_${key}`, PORT: String(port) };
  return onOwnPress(variables, tell, async (parts) => {
    const web = await run(parts, { web: true, workers: false });
    const order = { port, key, requests: Math.ceil(request.events / request.array), ...request };
    return playRounds(parts, order, request, stop, tell).finally(() => web.close());
  });
}

async function playRounds(
  { database: { db } }: Parts,
  order: EventOrder,
  { events, array, connections, rounds }: EventBench,
  stop: Stop,
  tell: Tell,
): Promise<EventReport> {
  const provider = startChild<EventOrder, RequestFigures>('event-process.ts', (answer) =>
    requestFigures.parse(answer),
  );
  const played: RequestFigures[] = [];
  const faults: string[] = [];
  try {
    for (let number = 1; number <= rounds; number += 1) {
      tell(`round ${number} of ${rounds}: ${events} events`);
      await emptyInbox(db);
      const answer = await Promise.race([provider.ask(order), stop.interrupted]);
      played.push(answer);
      const stored = await countRawEvents(db);
      if (answer.refused > 0) faults.push(`${answer.refused} requests were not answered by 200`);
      if (stored !== order.requests) faults.push(`${stored} of ${order.requests} requests are stored`);
    }
  } finally {
    await provider.close();
  }
  const middle = (of: (answer: RequestFigures) => number) => median(played.map(of));
  return {
    events,
    array,
    connections,
    per_second: Math.round(middle(({ elapsed_ms }) => (order.requests * array * 1000) / elapsed_ms)),
    p50_ms: Math.round(middle(({ p50_ms }) => p50_ms)),
    p99_ms: Math.round(middle(({ p99_ms }) => p99_ms)),
    faults,
  };
}
