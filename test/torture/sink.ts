import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Answer, numberedAnswer, type Order } from './sink-orders.ts';

/** The driver's side of the sink. */
export interface TortureSink {
  readonly port: number;
  order(what: Order): Promise<Answer>;
  close(): Promise<void>;
}

export async function startTortureSink(options: { chunking?: boolean } = {}): Promise<TortureSink> {
  const args = options.chunking ? ['--chunking'] : [];
  const child = fork(path.join(import.meta.dirname, 'sink-process.ts'), args);
  const waiting = new Map<number, (answer: Answer) => void>();
  let numbers = 0;
  await once(child, 'message');
  child.on('message', (message) => {
    const { number, ...answer } = numberedAnswer.parse(message);
    waiting.get(number)?.(answer);
    waiting.delete(number);
  });
  const order = (what: Order) =>
    new Promise<Answer>((resolve) => {
      const number = numbers++;
      waiting.set(number, resolve);
      child.send({ number, what });
    });
  return {
    port: (await order({ order: 'begin' })).port,
    order,
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
