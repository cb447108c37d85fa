import type { SendBench } from './bench-request.ts';
import { median } from './bench-request.ts';
import type { PressFigures } from './measure-press.ts';
import type { Round } from './rounds.ts';
import type { Sink } from './sink.ts';

/** The contract's answer, and more. Medians of the rounds; CPU in microseconds a message. */
export interface SendReport {
  readonly messages: number;
  readonly bytes: number;
  readonly signed: boolean;
  readonly pressrun: {
    readonly per_second: number;
    /** Of the worker and of Postgres. */
    readonly cpu_us: number | null;
    readonly worker_us: number | null;
    readonly postgres_us: number | null;
    readonly sink_us: number | null;
    /** The highest of all rounds. */
    readonly rss_mb: number | null;
    readonly first_accepted_ms: number | null;
  };
  readonly beside: readonly {
    readonly what: string;
    readonly per_second: number;
    /** The press's rate over this one's in the same round. */
    readonly ratio: number;
    readonly cpu_us: number | null;
  }[];
  readonly rounds: number;
  readonly connections: number;
  readonly depth: number;
  readonly latency_ms: number;
  readonly chunking: boolean;
  readonly sink: string;
  /** What did not add up; empty where every reader got one message, and the receipt says so. */
  readonly faults: readonly string[];
}

const MB = 1024 * 1024;

export function sendReport(
  { messages, signed, connections, depth, latencyMs, chunking }: SendBench,
  { rounds, sink, bytes }: { readonly rounds: readonly Round[]; readonly sink: Sink; readonly bytes: number },
): SendReport {
  const press = rounds.map((round) => round.press);
  const whats = rounds[0]?.beside.map(({ what }) => what) ?? [];
  return {
    messages,
    bytes,
    signed,
    pressrun: pressrunOf(press),
    beside: whats.map((what) => besideOf(what, rounds)),
    rounds: rounds.length,
    connections,
    depth,
    latency_ms: latencyMs,
    chunking,
    sink: sink.what,
    faults: press.flatMap(({ faults }) => faults),
  };
}

function pressrunOf(runs: readonly PressFigures[]): SendReport['pressrun'] {
  const middle = (figure: (run: PressFigures) => number | null) => whole(medianOrNull(runs.map(figure)));
  const rss = runs.map((run) => run.rss).filter((bytes) => bytes !== null);
  return {
    per_second: whole(median(runs.map((run) => run.per_second))) ?? 0,
    cpu_us: middle(({ worker_us, postgres_us }) =>
      worker_us === null || postgres_us === null ? null : worker_us + postgres_us,
    ),
    worker_us: middle((run) => run.worker_us),
    postgres_us: middle((run) => run.postgres_us),
    sink_us: middle((run) => run.sink_us),
    rss_mb: rss.length === 0 ? null : Math.round(Math.max(...rss) / MB),
    first_accepted_ms: middle((run) => run.first_accepted_ms),
  };
}

function besideOf(what: string, rounds: readonly Round[]): SendReport['beside'][number] {
  const runs = rounds.flatMap(({ press, beside }) =>
    beside
      .filter((one) => one.what === what)
      .map((one) => ({ ...one, ratio: press.per_second / one.per_second })),
  );
  return {
    what,
    per_second: Math.round(median(runs.map((run) => run.per_second))),
    ratio: Math.round(median(runs.map((run) => run.ratio)) * 100) / 100,
    cpu_us: whole(medianOrNull(runs.map((run) => run.cpu_us))),
  };
}

function medianOrNull(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : median(known);
}

function whole(figure: number | null): number | null {
  return figure === null ? null : Math.round(figure);
}
