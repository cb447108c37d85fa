import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SmtpServer as Target } from '../../src/config/smtp-url.ts';
import { freePort } from './free-port.ts';

/** One message that the sink accepted. */
export interface Taken {
  /** Envelope sender. */
  readonly from: string;
  /** What a report of it would name (ENVID, RFC 3461); null where the sender gave none. */
  readonly envid: string | null;
  readonly to: string;
  readonly messageId: string;
  readonly raw: string;
}

export interface Sink {
  readonly target: Target;
  readonly url: string;
  /** Everything accepted, in order of arrival. */
  readonly taken: Taken[];
  /** Recipients of accepted messages, in order of arrival. */
  recipients(): string[];
  /** Goes away; connections break. Coming back it listens on the same port. */
  stop(): Promise<void>;
  /** Breaks every connection without a word, and listens on. */
  cut(): void;
  restart(): Promise<void>;
}

type Answer = { readonly code: number; readonly text: string };

/** A real SMTP server at the far end that answers by the local part of the address. */
const RCPT_ANSWERS: Readonly<Record<string, Answer>> = {
  nouser: { code: 550, text: '5.1.1 No such user here' },
  full: { code: 552, text: '5.2.2 Mailbox full' },
  later: { code: 451, text: '4.2.0 Try again later' },
};

/** Answers to the final dot: the message was already handed over then. */
const DOT_ANSWERS: Readonly<Record<string, Answer>> = {
  spam: { code: 554, text: '5.7.1 Refused by policy' },
  slow: { code: 451, text: '4.3.0 Busy' },
};

export interface SinkOptions {
  readonly port?: number;
  readonly connections?: number;
  /** Answers that change what the tables say; null: take it. */
  readonly answer?: (stage: 'mail' | 'rcpt' | 'dot', address: string) => Answer | null;
  /** Called for each accepted message before the 250. */
  readonly onTaken?: (message: Taken) => void | Promise<void>;
}

export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const taken: Taken[] = [];
  const sockets = new Set<Socket>();
  let server = createServer(taken, options, sockets);
  await listen(server, options.port ?? (await freePort()));
  const { port } = server.server.address() as AddressInfo;
  return {
    taken,
    target: {
      host: '127.0.0.1',
      port,
      secure: false,
      auth: null,
      connections: options.connections ?? 5,
      depth: 1,
      rate: null,
      weight: 1,
    },
    url: `smtp://127.0.0.1:${port}`,
    recipients: () => taken.map(({ to }) => to),
    async stop() {
      await close(server);
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async restart() {
      server = createServer(taken, options, sockets);
      await listen(server, port);
    },
  };
}

function createServer(taken: Taken[], options: SinkOptions, sockets: Set<Socket>): SMTPServer {
  const { answer = () => null, onTaken } = options;
  const choose = (stage: 'mail' | 'rcpt' | 'dot', address: string): Answer | null => {
    const table = stage === 'rcpt' ? RCPT_ANSWERS : stage === 'dot' ? DOT_ANSWERS : {};
    return answer(stage, address) ?? table[address.split('@')[0] ?? ''] ?? null;
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    hideDSN: false,
    closeTimeout: 10,
    onMailFrom: ({ address }, _session, done) => done(refusal(choose('mail', address))),
    onRcptTo: ({ address }, _session, done) => done(refusal(choose('rcpt', address))),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', () => {});
      stream.on('end', async () => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const refused = refusal(choose('dot', to));
        if (refused) return done(refused);
        const raw = Buffer.concat(chunks).toString();
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
        const { envid } = session.envelope.dsn ?? { envid: null };
        const message = { from, envid, to, raw, messageId: /^message-id: *(<[^>]+>)/im.exec(raw)?.[1] ?? '' };
        await onTaken?.(message);
        taken.push(message);
        done(null, `2.0.0 OK queued as ${taken.length.toString(16).padStart(8, '0')}`);
      });
    },
  });
  server.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return server;
}

function refusal(answer: Answer | null): Error | null {
  return answer ? Object.assign(new Error(answer.text), { responseCode: answer.code }) : null;
}

function listen(server: SMTPServer, port: number): Promise<void> {
  server.on('error', () => {});
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => server.close(resolve));
}
