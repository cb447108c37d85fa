import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** One of the bench's own processes: it obeys one order after another, and ends when nobody orders any more. */
export interface BenchChild<Order, Answer> {
  readonly pid: number;
  ask(order: Order): Promise<Answer>;
  close(): Promise<void>;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** @param file of this folder; it calls {@link obeyOrders}. */
export function startChild<Order extends object, Answer>(
  file: string,
  parse: (answer: unknown) => Answer,
): BenchChild<Order, Answer> {
  const env = { PATH: process.env.PATH ?? '' };
  const child = fork(path.join(import.meta.dirname, file), { env, execArgv: [] });
  const waiting: Waiting<Answer>[] = [];
  child.on('message', (message) => waiting.shift()?.resolve(parse(message)));
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${file} ended by itself`));
  });
  return {
    pid: child.pid ?? 0,
    ask: (order) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.send(order, (error) => error && reject(error));
      }),
    close: () => endOf(child),
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The child's side. */
export function obeyOrders<Answer extends object>(obey: (order: unknown) => Promise<Answer>): void {
  process.on('message', (order) => void obey(order).then((answer) => process.send?.(answer)));
  process.on('disconnect', () => process.exit(0));
  // a Ctrl-C in the terminal is the bench's to deal with
  process.on('SIGINT', () => {});
}
