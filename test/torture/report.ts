import { FAULTS, type FaultKind } from './faults.ts';
import type { Round } from './round.ts';

/** What `--json` prints (contract). */
export interface Totals {
  readonly rounds: number;
  readonly readers: number;
  readonly lost: number;
  readonly twice: number;
  readonly bound: number;
  readonly unknown: number;
  readonly faults: Record<FaultKind, number>;
}

export function totalsOf(rounds: readonly Round[], readers: number): Totals {
  const sum = (count: (round: Round) => number) => rounds.reduce((total, round) => total + count(round), 0);
  return {
    rounds: rounds.length,
    readers,
    lost: sum(({ lost }) => lost.length),
    twice: sum(({ twice }) => twice),
    bound: sum(({ bound }) => bound),
    unknown: sum(({ unknown }) => unknown),
    faults: Object.fromEntries(
      FAULTS.map((kind) => [kind, rounds.filter(({ fault }) => fault.kind === kind).length]),
    ) as Record<FaultKind, number>,
  };
}

/** The invariants hold: in each round, not only on average. */
export function holds(rounds: readonly Round[]): boolean {
  return rounds.every((round) => faultsOf(round).length === 0);
}

export const HEADING = line('round', 'fault', 'seconds', 'lost', 'twice', 'bound', 'unknown');

export function roundLine(round: Round, number: number): string {
  const { fault, seconds, lost, twice, bound, unknown } = round;
  const what = `${fault.kind}: ${fault.what}`;
  const cells = line(number, what, seconds.toFixed(1), lost.length, twice, bound, unknown);
  return [cells, ...faultsOf(round).map((text) => `      !!! ${text}`)].join('\n');
}

/** One row for each kind of fault, and one for all of them. */
export function summary(rounds: readonly Round[]): string {
  const rows = FAULTS.map((kind) =>
    rowOf(
      kind,
      rounds.filter(({ fault }) => fault.kind === kind),
    ),
  );
  return [
    '| fault | rounds | lost | twice | bound | unknown |',
    '|---|---|---|---|---|---|',
    ...rows,
    rowOf('all', rounds),
  ].join('\n');
}

function rowOf(name: string, rounds: readonly Round[]): string {
  const { lost, twice, bound, unknown } = totalsOf(rounds, 0);
  return `| ${[name, rounds.length, lost, twice, bound, unknown].join(' | ')} |`;
}

function faultsOf({ lost, twice, bound, strange, stuck }: Round): string[] {
  return [
    ...(lost.length > 0 ? [`lost: ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ', ...' : ''}`] : []),
    ...(twice > bound ? [`${twice} second copies, and at most ${bound} may be`] : []),
    ...strange.slice(0, 5),
    ...(stuck ? [`the send did not finish by itself: ${stuck}`] : []),
  ];
}

function line(...cells: readonly (string | number)[]): string {
  const [number = '', fault = '', ...figures] = cells.map(String);
  return [number.padStart(5), fault.padEnd(42), ...figures.map((text) => text.padStart(8))].join(' ');
}
