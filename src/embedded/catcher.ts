import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import { subjectOf } from './caught-mail.ts';
import type { NewCaughtMail } from './caught-mail-store.ts';
import { CaughtMailWriter } from './caught-mail-writer.ts';

export interface Catcher {
  readonly port: number;
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends its connections, after what they were handing over is stored. */
  close(): Promise<void>;
}

export interface CatcherParts {
  readonly db: Db;
  /** Bytes of a message; a longer one is refused. */
  readonly sizeLimit: number;
  /** How many mails stay; older ones go. */
  readonly keep: number;
  readonly log: Log;
  /** A free one where it is not given. */
  readonly port?: number;
}

/** A refusal that the SMTP client gets to read. */
class Refusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

/** By local part, so that a person can try what a mail server may answer (codes: RFC 5321 and RFC 3463). */
const ANSWERS: Readonly<Record<string, () => Refusal>> = {
  nouser: () => new Refusal(550, '5.1.1 There is no such mailbox here'),
  full: () => new Refusal(552, '5.2.2 The mailbox is full'),
  later: () => new Refusal(451, '4.2.0 The mailbox is busy, try again later'),
};

/**
 * The mail server of a press that has none: takes mail on loopback, answers by address, and keeps the
 * newest in Postgres. Its 250 means, as any server's, that the mail is durable.
 */
export async function startCatcher(parts: CatcherParts): Promise<Catcher> {
  const writer = new CaughtMailWriter(parts.db, parts.keep);
  const server = new SMTPServer({
    name: 'catcher.localhost',
    size: parts.sizeLimit,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    // a client may rest between two commands for this long (RFC 5321 section 4.5.3.2.7)
    socketTimeout: 5 * MINUTE_MS,
    closeTimeout: SECOND_MS,
    onRcptTo: ({ address }, _session, answer) => answer(refusalFor(address)),
    onData: (stream, session, answer) => {
      catchMail(stream, session, { ...parts, writer }).then(
        (text) => answer(null, text),
        (error) => answer(asRefusal(error, parts.log)),
      );
    },
  });
  const { port } = await listen(server, parts.port ?? 0);
  server.on('error', (error) => parts.log.debug({ event: 'catcher connection lost', reason: error.message }));
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    async close() {
      await new Promise<void>((resolve) => server.close(resolve));
      await writer.close();
    },
  };
}

function refusalFor(address: string): Refusal | null {
  const localPart = address.slice(0, address.lastIndexOf('@')).toLowerCase();
  return Object.hasOwn(ANSWERS, localPart) ? (ANSWERS[localPart]?.() ?? null) : null;
}

async function catchMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  { writer, sizeLimit }: { readonly writer: CaughtMailWriter; readonly sizeLimit: number },
): Promise<string> {
  const raw = await readWithin(stream, sizeLimit);
  const id = await writer.store(await mailOf(raw, session));
  return `2.0.0 Caught as ${id}`;
}

/** What goes over the limit is read and thrown away: the client hears an answer only after its last byte. */
async function readWithin(stream: SMTPServerDataStream, sizeLimit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (stream.sizeExceeded) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (stream.sizeExceeded) throw new Refusal(552, `5.3.4 The message is larger than ${sizeLimit} bytes`);
  return Buffer.concat(chunks);
}

async function mailOf(raw: Buffer, { envelope }: SMTPServerSession): Promise<NewCaughtMail> {
  return {
    mail_from: envelope.mailFrom ? storable(envelope.mailFrom.address) : '',
    rcpt_to: envelope.rcptTo.map(({ address }) => storable(address)),
    subject: storable(await subjectOf(raw)),
    raw,
  };
}

/** Postgres takes neither a NUL nor half a character in a text. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Any fault of our own is worth another try later; a client that went away hears nothing. */
function asRefusal(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error && 'code' in error ? error.code : 'unknown';
  if (reason === 'ECONNECTION') log.debug({ event: 'catcher connection lost', reason });
  else log.warn({ event: 'mail not caught', reason });
  return new Refusal(451, '4.3.0 The mail could not be stored, try again later');
}

function listen(server: SMTPServer, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = listener.address();
      if (address && typeof address === 'object') resolve(address);
    });
  });
}
