import { createHmac, randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { obeyOrders } from './bench-child.ts';
import { type EventOrder, eventOrder } from './event-orders.ts';
import { playRequests, type RequestFigures } from './http-requests.ts';

/** A provider that reports events, in a process of its own. Its requests are signed before the clock starts. */

obeyOrders(async (message): Promise<RequestFigures> => {
  const order = eventOrder.parse(message);
  const requests = Array.from({ length: order.requests }, (_, n) => signedRequest(order, n));
  return playRequests(order.port, requests, order.connections, '200');
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
