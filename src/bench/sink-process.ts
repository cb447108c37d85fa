import { createServer } from 'node:net';
import { obeyOrders } from './bench-child.ts';
import { listenOnLoopback } from './loopback.ts';
import { SinkCount } from './sink-count.ts';
import { type SinkAnswer, sinkOrder } from './sink-orders.ts';
import { SinkSession, type SinkShared } from './sink-session.ts';

/** The bench's own mail server, in a process of its own: what it costs is not counted as the press's. */

let shared: SinkShared = { count: new SinkCount(), chunking: false };
let port = 0;

obeyOrders(async (message): Promise<SinkAnswer> => {
  const order = sinkOrder.parse(message);
  if (order.order === 'listen') {
    shared = { count: new SinkCount(), chunking: order.chunking };
    port = await listenOnLoopback(createServer((socket) => new SinkSession(socket, shared)));
  }
  if (order.order === 'begin') shared.count = new SinkCount();
  const { messages, bytes, readers, first_at_ms } = shared.count;
  return { port, messages, bytes, readers, first_at_ms };
});
