import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** A call as the operator's own system got it. */
export interface Received {
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

const bodyShape = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export function bodyOf({ body }: Received) {
  return bodyShape.parse(JSON.parse(body));
}

/** The specification's own steps, written again: what is tested must not verify itself. */
export function isSigned({ id, timestamp, signature, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signature.split(' ').some((each) => {
    const given = Buffer.from(each.replace(/^v1,/, ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Requests that have no answer so far, at most. */
  readonly mostAtOnce: () => number;
  /** What it does from now on, whatever the path. */
  behave(answer: (response: ServerResponse) => void): void;
  stop(): Promise<void>;
}

/** The misbehaviour that an answer may show, each by its name. */
export const ANSWERS = {
  fine: (response: ServerResponse) => response.end('thanks'),
  broken: (response: ServerResponse) => response.writeHead(500).end('no room, ada@example.com\n'),
  gone: (response: ServerResponse) => response.writeHead(410).end(),
  redirect: (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end(),
  hang: () => {},
  reset: (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  /** The code at once, the body a letter at a time, for ever. */
  drip(response: ServerResponse) {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  /** A head that never ends. */
  dripHead(response: ServerResponse) {
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => response.socket?.write('x: y\r\n'), 20);
    response.on('close', () => clearInterval(timer));
  },
  /** More than a gigabyte, if anybody reads it. */
  huge(response: ServerResponse) {
    response.writeHead(200);
    const chunk = 'x'.repeat(1 << 20);
    let left = 1024;
    const write = () => {
      while (left-- > 0 && !response.destroyed)
        if (!response.write(chunk)) return response.once('drain', write);
      return response.end();
    };
    write();
  },
} as const;

/** A real HTTP server, as an operator's own system is one. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: (response: ServerResponse) => void = ANSWERS.fine;
  let open = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    received.push(await read(request));
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/told`,
    received,
    mostAtOnce: () => most,
    behave(next) {
      answer = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const header = (name: string) => String(request.headers[name] ?? '');
  return {
    id: header('webhook-id'),
    path: request.url ?? '',
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    body: Buffer.concat(chunks).toString(),
  };
}
