import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Fault } from '../result.ts';
import { openBenchPress } from './bench-press.ts';
import type { SendBench, Stop, Tell } from './bench-request.ts';
import { neighboursOf } from './neighbours.ts';
import { findProgram } from './programs.ts';
import { startProxy } from './proxy.ts';
import { playRounds } from './rounds.ts';
import { type SendReport, sendReport } from './send-report.ts';
import { startSink } from './sink.ts';

/**
 * Measures sends of the whole press: a database with readers, an issue, a worker process, a sink; and in turn with it
 * what else sends to the same sink. All of it in a directory of its own, and nothing of it stays.
 *
 * @throws {Fault} `no_openssl`, `too_few_bytes`, `bad_smtp_url`
 */
export async function benchSend(request: SendBench, stop: Stop, tell: Tell): Promise<SendReport> {
  const openssl = request.signed ? opensslProgram() : null;
  const closers: (() => Promise<void>)[] = [];
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    closers.unshift(part.close);
    return part;
  };
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-bench-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const sink = keep(await startSink(request, directory));
    const to = request.latencyMs > 0 ? keep(await startProxy(sink, request.latencyMs)) : sink;
    const press = keep(await openBenchPress(request, to, directory, tell));
    const neighbours = neighboursOf(request, press, to, stop.signal);
    const rounds = await playRounds({ request, press, sink, neighbours, openssl, stop, tell });
    return sendReport(request, { rounds, sink, bytes: press.sample.raw.length });
  } finally {
    tell('taking everything away again');
    for (const close of closers) await close();
  }
}

function opensslProgram(): string {
  const program = findProgram('openssl');
  if (program) return program;
  throw new Fault('no_openssl', 'openssl is not installed, and --signed is measured against it.');
}
