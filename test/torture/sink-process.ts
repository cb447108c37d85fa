import { createServer, type Server } from 'node:net';
import { type Copy, type Mischief, numberedOrder, type Order } from './sink-orders.ts';
import { SinkSession } from './sink-session.ts';

/** The sink as a process of its own: a worker's death does not touch it, and it takes orders over the pipe. */

const sessions = new Set<SinkSession>();
const mischief = new Map<Mischief, number>();
const seen = new Set<string>();
let taken: Copy[] = [];
let broken = 0;
let port = 0;
let watchers: { readonly count: number; readonly tell: () => void }[] = [];

const state = {
  chunking: process.argv.includes('--chunking'),
  take(to: string, messageId: string) {
    taken.push([to, messageId]);
    watchers = watchers.filter(({ count, tell }) => taken.length < count || void tell());
  },
  due(how: Mischief) {
    const left = mischief.get(how) ?? 0;
    if (left > 0) mischief.set(how, left - 1);
    return left > 0;
  },
  isNew(to: string) {
    return !seen.has(to) && Boolean(seen.add(to));
  },
  broke() {
    broken += 1;
  },
};

let server = await listen();
process.on('message', (message) => {
  const { number, what } = numberedOrder.parse(message);
  void obey(what).then(() => {
    const report = what.order === 'report' ? taken : [];
    process.send?.({ number, port, count: taken.length, taken: report, broken });
  });
});
process.on('disconnect', () => process.exit(0));
// a Ctrl-C in the terminal is the driver's to deal with
process.on('SIGINT', () => {});
process.send?.('ready');

async function obey(what: Order): Promise<void> {
  switch (what.order) {
    case 'begin':
      taken = [];
      broken = 0;
      seen.clear();
      mischief.clear();
      return;
    case 'misbehave':
      mischief.set(what.how, what.times);
      return;
    case 'cut':
      for (const session of sessions) session.cut();
      return;
    case 'go away':
      server.close();
      for (const session of sessions) session.cut();
      return;
    case 'come back':
      server = await listen();
      return;
    case 'tell at':
      if (taken.length >= what.taken) return;
      await new Promise<void>((tell) => watchers.push({ count: what.taken, tell }));
      return;
    case 'report':
      return;
  }
}

function listen(): Promise<Server> {
  const listening = createServer((socket) => {
    const session = new SinkSession(socket, state);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  return new Promise((resolve, reject) => {
    listening.once('error', reject);
    listening.listen(port, '127.0.0.1', () => {
      const address = listening.address();
      port = typeof address === 'object' && address ? address.port : 0;
      resolve(listening);
    });
  });
}
