import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Log } from '../log.ts';
import type { BounceAddresses } from '../tokens/bounce-address.ts';
import type { Inbox } from './inbox.ts';
import { digestOf } from './providers/hook.ts';
import { KEPT_BYTES } from './raw-event.ts';

export interface BounceListener {
  readonly port: number;
  /** Ends its connections, after what they were handing over is stored. */
  close(): Promise<void>;
}

export interface ListenerParts {
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly bounces: BounceAddresses;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly log: Log;
}

/** What mail servers send at the most. */
const SIZE_LIMIT = 25 * 1024 * 1024;
const CLIENTS = 40;

/**
 * Takes bounce mail over SMTP: for addresses of our own making only, so that it relays nothing and answers no spam. Its 250
 * means that the mail is durable. Mail to several of them is one raw event for each.
 */
export async function startBounceListener(parts: ListenerParts): Promise<BounceListener> {
  const server = new SMTPServer({
    size: SIZE_LIMIT,
    maxClients: CLIENTS,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    socketTimeout: 5 * MINUTE_MS,
    closeTimeout: SECOND_MS,
    onRcptTo: ({ address }, _session, answer) =>
      answer(isOurs(parts.bounces, address) ? null : refusal(550, '5.1.1 There is no such mailbox here')),
    onData: (stream, { envelope }, answer) => {
      take(
        stream,
        envelope.rcptTo.map(({ address }) => address),
        parts,
      ).then(
        (refused) => answer(refused, refused ? undefined : '2.0.0 Kept'),
        (error) => {
          parts.log.warn({ event: 'bounce mail not kept', err: error });
          answer(refusal(451, '4.3.0 The mail could not be stored, try again later'));
        },
      );
    },
  });
  const { port } = await listen(server, parts);
  server.on('error', (error) => parts.log.debug({ event: 'bounce connection lost', reason: error.message }));
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

function isOurs(bounces: BounceAddresses, address: string): boolean {
  return (bounces.read(address) ?? bounces.readLeave(address)) !== null;
}

/** Null when it is durable. */
async function take(
  stream: SMTPServerDataStream,
  recipients: readonly string[],
  { inbox }: ListenerParts,
): Promise<Error | null> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of stream) {
    if (kept < KEPT_BYTES) chunks.push(chunk);
    kept += chunk.length;
  }
  if (stream.sizeExceeded) return refusal(552, `5.3.4 The message is larger than ${SIZE_LIMIT} bytes`);
  const received = recipients.map((recipient) => {
    // what the envelope says is known only here: the header that mailboxes are given it in
    const body = Buffer.concat([Buffer.from(`X-Original-To: ${recipient}\r\n`), ...chunks]);
    return inbox.receive({ source: 'mail', external_id: digestOf(body), headers: {}, body });
  });
  await Promise.all(received);
  return null;
}

/** A refusal that the SMTP client gets to read. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function listen(server: SMTPServer, { host, port }: ListenerParts): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(port, host, () => {
      server.off('error', reject);
      const address = listener.address();
      if (address && typeof address === 'object') resolve(address);
    });
  });
}
