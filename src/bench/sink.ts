import { readSmtpUrl } from '../config/smtp-url.ts';
import { Fault } from '../result.ts';
import { startChild } from './bench-child.ts';
import { startPostfixSink } from './postfix-sink.ts';
import { findProgram } from './programs.ts';
import { type SinkOrder, sinkAnswer } from './sink-orders.ts';

/** Where all that is measured sends to. */
export interface Sink {
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** The process that takes the mail; null: it is not on this machine. */
  readonly pid: number | null;
  begin(): Promise<void>;
  /** What it took since; null: nobody counts there. */
  tell(): Promise<Taken | null>;
  close(): Promise<void>;
}

export interface Taken {
  readonly messages: number;
  /** Different recipients; null: not counted. */
  readonly readers: number | null;
  /** Milliseconds of the clock; null: nothing was accepted. */
  readonly first_at_ms: number | null;
}

export interface SinkChoice {
  /** A mail server of the operator's own, as in SMTP_URL; null: one on this machine that keeps nothing. */
  readonly smtp: string | null;
  readonly chunking: boolean;
  /** Not Postfix's, even where it is installed. */
  readonly ownSink: boolean;
}

/** @throws {Fault} `bad_smtp_url` */
export async function startSink({ smtp, chunking, ownSink }: SinkChoice, directory: string): Promise<Sink> {
  if (smtp !== null) return elsewhere(smtp);
  const postfix = chunking || ownSink ? null : findProgram('smtp-sink');
  return postfix ? startPostfixSink(postfix, directory) : startOwnSink(chunking);
}

async function startOwnSink(chunking: boolean): Promise<Sink> {
  const child = startChild('sink-process.ts', (answer) => sinkAnswer.parse(answer));
  const ask = (order: SinkOrder) => child.ask(order);
  const { port } = await ask({ order: 'listen', chunking });
  return {
    what: 'a sink of its own',
    host: '127.0.0.1',
    port,
    pid: child.pid,
    begin: async () => void (await ask({ order: 'begin' })),
    tell: () => ask({ order: 'tell' }),
    close: child.close,
  };
}

function elsewhere(url: string): Sink {
  const faults: string[] = [];
  const mail = readSmtpUrl(url, faults);
  const [server] = mail.kind === 'servers' ? mail.servers : [];
  if (!server || faults.length > 0 || server.secure || server.auth)
    throw new Fault('bad_smtp_url', '--smtp must be smtp://host:port, a server that asks for no password.');
  return {
    what: `${server.host}:${server.port}`,
    host: server.host,
    port: server.port,
    pid: null,
    begin: async () => {},
    tell: async () => null,
    close: async () => {},
  };
}
