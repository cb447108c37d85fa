import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { systemClock } from '../clock.ts';
import { obeyOrders } from './bench-child.ts';
import { type EventAnswer, type EventOrder, eventOrder } from './event-orders.ts';

/** A provider that reports events, in a process of its own. Its requests are signed before the clock starts. */

obeyOrders(async (message): Promise<EventAnswer> => {
  const order = eventOrder.parse(message);
  const requests = Array.from({ length: order.requests }, (_, n) => signedRequest(order, n));
  const began = performance.now();
  const lanes = Array.from({ length: order.connections }, () => lane(order.port, requests));
  const answered = (await Promise.all(lanes)).flat();
  const times = answered.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const percentile = (part: number) => times[Math.ceil(times.length * part) - 1] ?? 0;
  return {
    elapsed_ms: performance.now() - began,
    p50_ms: percentile(0.5),
    p99_ms: percentile(0.99),
    refused: answered.filter(({ status }) => status !== '200').length,
  };
});

/** About as much as providers say of an event. */
const REPLY = `250 2.0.0 OK ${'x'.repeat(350)}`;

function signedRequest({ key, array }: EventOrder, n: number): Buffer {
  const id = `${n}-${randomBytes(9).toString('hex')}`;
  const timestamp = String(Math.floor(systemClock.now().getTime() / 1000));
  const event = (at: number) => ({
    type: 'delivered',
    timestamp: systemClock.now().toISOString(),
    data: { id: `${id}-${at}`, email: `reader${n}.${at}@example.test`, reply: REPLY },
  });
  const body = JSON.stringify(array === 1 ? event(0) : Array.from({ length: array }, (_, at) => event(at)));
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${timestamp}.${body}`);
  const head = [
    'POST /hooks/generic HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `webhook-id: ${id}`,
    `webhook-timestamp: ${timestamp}`,
    `webhook-signature: v1,${mac.digest('base64')}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

interface Answered {
  readonly status: string;
  readonly ms: number;
}

/** One request after another on one connection; answers are small enough to come in one piece. */
function lane(port: number, waiting: Buffer[]): Promise<Answered[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const answered: Answered[] = [];
    let began = 0;
    const next = () => {
      const request = waiting.pop();
      if (!request) {
        socket.end();
        return resolve(answered);
      }
      began = performance.now();
      socket.write(request);
    };
    socket.once('connect', next);
    socket.once('error', reject);
    socket.on('data', (data) => {
      answered.push({ status: data.toString('latin1', 9, 12), ms: performance.now() - began });
      next();
    });
  });
}
