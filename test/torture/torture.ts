import { parseArgs } from 'node:util';
import { findProgram } from '../support/require.ts';
import { FAULTS, type FaultKind, faultOf } from './faults.ts';
import { HEADING, holds, roundLine, summary, totalsOf } from './report.ts';
import { playRound, type Round } from './round.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/** `npm run torture`: rounds of a send with a fault in each. README.md beside this file says how to read it. */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    readers: { type: 'string', default: '1000' },
    depth: { type: 'string', default: '1' },
    chunking: { type: 'boolean', default: false },
    faults: { type: 'string', default: FAULTS.join(',') },
    queue: { type: 'string' },
    logs: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = wholeNumber('rounds', values.rounds);
const readers = wholeNumber('readers', values.readers);
const depth = wholeNumber('depth', values.depth);
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);

if (values.queue !== undefined && values.queue !== 'postgres' && values.queue !== 'redis')
  wrong('--queue is redis or postgres');
const redisProgram = values.queue === 'postgres' ? null : findProgram('redis-server', 'valkey-server');
const kinds = kindsIn(values.faults).filter((kind) => kind !== 'redis' || redisProgram !== null);
if (kinds.length === 0) wrong('no fault is left to try');
const opening = openSurroundings({
  readers,
  depth,
  chunking: values.chunking,
  redisProgram,
  logs: values.logs ?? null,
});
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupt());
const around = await opening;

try {
  const played = await play(around);
  say(`\n${summary(played)}`);
  if (values.json) process.stdout.write(`${JSON.stringify(totalsOf(played, readers))}\n`);
  process.exitCode = holds(played) ? 0 : 1;
} catch (error) {
  // whatever an interruption breaks is no news
  if (!interrupted) throw error;
} finally {
  await around.close();
}

/** What was started is ended first, in order; what is being started is waited for. */
async function interrupt(): Promise<void> {
  interrupted = true;
  await opening.then((press) => press.close());
  process.exit(1);
}

async function play(press: Surroundings): Promise<Round[]> {
  const played: Round[] = [];
  say(HEADING);
  for (let number = 0; number < rounds && !interrupted; number += 1) {
    const kind = kinds[number % kinds.length] ?? 'kill';
    const fault = faultOf(kind, Math.floor(number / kinds.length));
    const round = await playRound(press, fault, readers);
    played.push(round);
    say(roundLine(round, number + 1));
  }
  return played;
}

function kindsIn(list: string): FaultKind[] {
  const names = list.split(',');
  const unknown = names.filter((name) => !FAULTS.some((kind) => kind === name));
  if (unknown.length > 0) wrong(`--faults knows ${FAULTS.join(', ')}, not ${unknown.join(', ')}`);
  return FAULTS.filter((kind) => names.includes(kind));
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) wrong(`--${name} must be a whole number from 1`);
  return number;
}

function wrong(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
