import { connect, createServer, type Socket } from 'node:net';
import { obeyOrders } from './bench-child.ts';
import { DelayLine } from './delay-line.ts';
import { listenOnLoopback } from './loopback.ts';
import { type ProxyAnswer, type ProxyOrder, proxyOrder } from './proxy-orders.ts';

/** A link with latency and without a limit of its bandwidth: half of the round trip each way. */

obeyOrders(async (message): Promise<ProxyAnswer> => {
  const order = proxyOrder.parse(message);
  const proxy = createServer({ allowHalfOpen: true }, (client) => carry(client, order));
  return { port: await listenOnLoopback(proxy) };
});

function carry(client: Socket, { host, port, round_trip_ms }: ProxyOrder): void {
  const server = connect({ host, port, allowHalfOpen: true });
  const lines = [delayed(client, server, round_trip_ms / 2), delayed(server, client, round_trip_ms / 2)];
  const cut = () => {
    for (const line of lines) line.close();
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on('error', cut);
  }
}

function delayed(from: Socket, to: Socket, delayMs: number): DelayLine {
  const line = new DelayLine(delayMs, (chunk) => (chunk ? to.write(chunk) : to.end()));
  from.on('data', (chunk) => line.send(chunk));
  from.on('end', () => line.send(null));
  return line;
}
