import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { oneLine, parseReply, showReply } from '../replies/reply.ts';
import type { Attempt, Handover, OutgoingMessage } from './attempt.ts';
import { MarkedBody } from './marked-body.ts';

/** What nodemailer's connection needs to know of a server. */
export interface SessionTarget {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

const CONNECT_TIMEOUT_MS = 30_000;
const GREETING_TIMEOUT_MS = 60_000;
/** The longest wait of RFC 5321 section 4.5.3.2: ten minutes for the answer to the final dot. */
const SOCKET_TIMEOUT_MS = 600_000;

/** Why a server takes no mail at all just now; nobody's outcome. The message names it, without credentials. */
export class ServerFault extends Error {}

/** One signed-in SMTP connection, used for one message after another. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  #usable = true;

  private constructor(connection: SMTPConnection) {
    this.#connection = connection;
    connection.on('error', () => this.close());
    connection.on('end', () => this.close());
  }

  /** @throws {ServerFault} when it cannot be reached, greets with a refusal, or does not sign us in. */
  static async open(target: SessionTarget): Promise<SmtpSession> {
    const connection = new SMTPConnection({
      host: target.host,
      port: target.port,
      secure: target.secure,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      socketCloseTimeout: 0,
      // STARTTLS where offered: loopback relays have self-made certificates, so only smtps:// and
      // servers that ask for a password are held to a valid one
      opportunisticTLS: !target.auth,
      tls: { rejectUnauthorized: target.secure || target.auth !== null },
    });
    const where = `${target.host}:${target.port}`;
    try {
      await settle((done) => {
        connection.once('error', done);
        connection.connect(done);
      });
      const { auth } = target;
      if (auth) await settle((done) => connection.login(auth, done));
    } catch (error) {
      connection.close();
      throw new ServerFault(`${where}: ${messageOf(error)}`);
    }
    return new SmtpSession(connection);
  }

  get usable(): boolean {
    return this.#usable;
  }

  close(): void {
    this.#usable = false;
    this.#connection.close();
  }

  /** Ends the session politely, without waiting for the answer. */
  quit(): void {
    if (this.#usable) this.#connection.quit();
    this.#usable = false;
  }

  /** Hands one message over; never throws, whatever the server or the network does. */
  async send(message: OutgoingMessage, mark: Handover['mark']): Promise<Attempt> {
    const body = new MarkedBody(message.raw, mark);
    const envelope = { from: message.from, to: [message.to], size: message.raw.length };
    try {
      const sent = settle<{ response?: string | undefined }>((done) =>
        this.#connection.send(envelope, body, done),
      );
      const info = await Promise.race([sent, body.stopped]);
      return accepted(info.response ?? '');
    } catch (error) {
      return await this.#failed(error as SessionError, body);
    }
  }

  async #failed(error: SessionError, body: MarkedBody): Promise<Attempt> {
    await body.settled;
    // without its final dot the server drops what it has (RFC 5321 section 4.1.1.4)
    if (body.withheld || body.failure) this.close();
    if (body.failure) throw body.failure;
    if (body.withheld) return { kind: 'withheld' };
    const answered = error.responseCode !== undefined && error.code !== 'ECONNECTION';
    if (!answered || error.response === undefined)
      return localRefusal(error) ?? this.#lost(error, body.ended);
    const attempt = refusal(error.command ?? '', error.response, body.ended);
    if (attempt.kind === 'server fault') this.close();
    else await this.#reset();
    return attempt;
  }

  #lost(error: SessionError, afterFinalDot: boolean): Attempt {
    this.close();
    return { kind: 'lost', after_final_dot: afterFinalDot, reason: messageOf(error) };
  }

  /** A refused recipient leaves the server inside a transaction: RFC 5321 section 4.1.1.5 ends it. */
  async #reset(): Promise<void> {
    if (!this.#usable) return;
    await settle((done) => this.#connection.reset(done)).catch(() => this.close());
  }
}

interface SessionError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

function accepted(response: string): Attempt {
  const reply = parseReply(response);
  return {
    kind: 'accepted',
    code: reply.code,
    enhanced: reply.enhanced,
    reply: showReply(reply),
    server_id: serverId(reply.text),
  };
}

/** Postfix "queued as ID", Exim "id=ID", SES and others "Ok ID". */
function serverId(text: string): string | null {
  const named =
    /(?:queued as |\bid=)<?([\w.@-]{6,})/i.exec(text) ?? /^ok:? <?([\w.@-]*\d[\w.@-]*)>?$/i.exec(text);
  return named?.[1] ?? null;
}

function refusal(
  command: string,
  response: string,
  afterDot: boolean,
): Attempt & { kind: 'refused' | 'server fault' } {
  const reply = parseReply(response);
  if (command === 'MAIL FROM') return { kind: 'server fault', reason: `MAIL FROM: ${showReply(reply)}` };
  const stage = command === 'RCPT TO' ? 'rcpt' : afterDot ? 'dot' : 'data';
  const permanent = reply.code >= 500 && reply.code !== 503;
  return {
    kind: 'refused',
    stage,
    permanent,
    code: reply.code,
    enhanced: reply.enhanced,
    reply: showReply(reply),
  };
}

/** What nodemailer refuses by itself before a word is said: too large for the server's SIZE, or no address. */
function localRefusal(error: SessionError): Attempt | null {
  const text = error.message;
  if (error.code === 'EMESSAGE') return local(552, '5.3.4', text);
  if (error.code === 'EENVELOPE') return local(553, '5.1.3', text);
  return null;
}

function local(code: number, enhanced: string, text: string): Attempt {
  return {
    kind: 'refused',
    stage: 'data',
    permanent: true,
    code,
    enhanced,
    reply: `${code} ${enhanced} ${text}`,
  };
}

function settle<Value>(start: (done: (error?: Error | null, value?: Value) => void) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as Value)));
  });
}

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}
