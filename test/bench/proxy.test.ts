import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { listenOnLoopback } from '../../src/bench/loopback.ts';
import { startProxy } from '../../src/bench/proxy.ts';

const ROUND_TRIP_MS = 40;
const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
const proxy = await startProxy({ host: '127.0.0.1', port: await listenOnLoopback(echo) }, ROUND_TRIP_MS);
afterAll(async () => {
  await proxy.close();
  echo.close();
});

test('what goes through and comes back takes the round trip, each time', async () => {
  const socket = connect(proxy.port, proxy.host);
  for (let time = 0; time < 5; time += 1) {
    const began = performance.now();
    socket.write('ping');
    await once(socket, 'data');
    // the clocks of two processes are read, each to a part of a millisecond
    expect(performance.now() - began).toBeGreaterThan(ROUND_TRIP_MS - 0.5);
  }
  socket.destroy();
});

test('much at once comes back whole and in order, and then the end', async () => {
  const sent = Buffer.from(Array.from({ length: 200_000 }, (_, n) => String(n)).join(' '));
  const socket = connect(proxy.port, proxy.host);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.end(sent);
  await once(socket, 'end');
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
});
