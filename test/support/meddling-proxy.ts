import { connect, createServer, type Socket } from 'node:net';
import { afterAll } from 'vitest';
import { freePort } from './free-port.ts';

/** Stands between a client and a server on loopback, and does what networks and crashes do. */
export interface MeddlingProxy {
  readonly port: number;
  /** The next connection that has brought so many bytes to the client is cut. */
  cutAfter(bytes: number): void;
  /** A command with this text, and whatever follows, does not reach the server; resolves when one came. */
  hold(text: string): Promise<void>;
  /** From now on all goes through, of new connections. */
  letThrough(): void;
}

export async function startMeddlingProxy(target: number): Promise<MeddlingProxy> {
  let cut = Number.POSITIVE_INFINITY;
  let held: { readonly text: string; readonly came: () => void } | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let brought = 0;
    let holding = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (bytes) => {
      if (held && bytes.includes(held.text)) {
        holding = true;
        held.came();
      }
      if (!holding) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      brought += bytes.length;
      if (brought < cut) return client.write(bytes);
      cut = Number.POSITIVE_INFINITY;
      return end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port,
    cutAfter(bytes) {
      cut = bytes;
    },
    hold: (text) =>
      new Promise((came) => {
        held = { text, came };
      }),
    letThrough() {
      held = null;
    },
  };
}
