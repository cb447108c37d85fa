import type { BenchPress } from './bench-press.ts';
import type { SendBench, Stop, Tell } from './bench-request.ts';
import { settle } from './bench-store.ts';
import { measurePress, type PressFigures } from './measure-press.ts';
import type { Neighbour, NeighbourFigures } from './neighbour.ts';
import { OPENSSL, opensslSpeed } from './openssl-speed.ts';
import type { Sink } from './sink.ts';

/** One send of the press, and what ran beside it right before or after. */
export interface Round {
  readonly press: PressFigures;
  readonly beside: readonly Beside[];
}

export interface Beside extends NeighbourFigures {
  readonly what: string;
}

export interface Stage {
  readonly request: SendBench;
  readonly press: BenchPress;
  readonly sink: Sink;
  readonly neighbours: readonly Neighbour[];
  /** The program; null: nothing is signed. */
  readonly openssl: string | null;
  readonly stop: Stop;
  readonly tell: Tell;
}

export async function playRounds(stage: Stage): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let number = 1; number <= stage.request.rounds; number += 1)
    rounds.push(await playRound(stage, number));
  return rounds;
}

async function playRound(stage: Stage, number: number): Promise<Round> {
  const { openssl, neighbours, stop, tell } = stage;
  if (stop.signal.aborted) await stop.interrupted;
  const step = (what: string) => tell(`round ${number} of ${stage.request.rounds}: ${what}`);
  const speeds: number[] = [];
  const measureOpenssl = async () => {
    if (openssl === null) return;
    step(OPENSSL);
    speeds.push(await opensslSpeed(openssl, stop.signal));
  };
  await measureOpenssl();
  step('the press');
  const press = await measurePress(stage.press, stage.sink, stage.request, stop);
  await measureOpenssl();
  await settle(stage.press.parts.database.db);
  const beside: Beside[] = [];
  for (const neighbour of neighbours) {
    step(neighbour.what);
    beside.push({ what: neighbour.what, ...(await Promise.race([neighbour.run(), stop.interrupted])) });
  }
  if (openssl !== null) beside.unshift({ what: OPENSSL, per_second: mean(speeds), cpu_us: null });
  return { press, beside };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
