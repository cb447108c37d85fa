import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../result.ts';
import type { Neighbour } from './neighbour.ts';
import { cpuOfReaped } from './process-cost.ts';

interface Load {
  readonly messages: number;
  /** Of one message. */
  readonly bytes: number;
  readonly connections: number;
}

/** Postfix's smtp-source(1), in C: one fixed message again and again, on connections that are kept (`-d`). */
export function smtpSource(
  program: string,
  to: { readonly host: string; readonly port: number },
  { messages, bytes, connections }: Load,
  signal: AbortSignal,
): Neighbour {
  const numbers = { '-s': connections, '-m': messages, '-l': bytes };
  const args = ['-d', ...Object.entries(numbers).flatMap(([name, value]) => [name, String(value)])];
  const addresses = ['-f', 'letter@example.test', '-t', 'reader@d1.example.test', `${to.host}:${to.port}`];
  return {
    what: 'smtp-source',
    messages,
    async run() {
      const cpuBefore = cpuOfReaped(process.pid);
      const began = performance.now();
      await success(
        spawn(program, [...args, ...addresses], { env: {}, stdio: ['ignore', 'ignore', 'pipe'], signal }),
      );
      const seconds = (performance.now() - began) / 1000;
      const cpuAfter = cpuOfReaped(process.pid);
      const cpu_us = cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / messages;
      return { per_second: messages / seconds, cpu_us };
    },
  };
}

async function success(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const [status] = await once(child, 'close');
  if (status !== 0)
    throw new Fault('smtp_source', `smtp-source ended with ${status}: ${words.trim()}`, 'failure');
}
