import { startChild } from './bench-child.ts';
import type { Neighbour } from './neighbour.ts';
import { type NodemailerOrder, nodemailerAnswer } from './nodemailer-order.ts';

const NAMES = { composing: 'nodemailer composing', raw: 'nodemailer raw' } as const;

/** nodemailer's pool with as many connections as the press. */
export function nodemailer(order: NodemailerOrder, signal: AbortSignal): Neighbour {
  return {
    what: NAMES[order.how],
    messages: order.messages,
    async run() {
      const child = startChild('nodemailer-process.ts', (answer) => nodemailerAnswer.parse(answer));
      signal.addEventListener('abort', () => void child.close(), { once: true });
      try {
        const { seconds, cpu_us } = await child.ask(order);
        return { per_second: order.messages / seconds, cpu_us };
      } finally {
        await child.close();
      }
    },
  };
}
