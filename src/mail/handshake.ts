import { hostname } from 'node:os';
import { type Credentials, exchangeFor, withoutCredentials } from './auth.ts';
import { Dialogue, ServerFault } from './dialogue.ts';
import { NO_OFFERS, type Offers, readOffers } from './offers.ts';
import type { Address } from './open-stream.ts';
import { SmtpSocket } from './smtp-socket.ts';
import type { Timeouts } from './timeouts.ts';

/** A server and how to sign in to it. */
export interface SignInTarget extends Address {
  readonly auth: Credentials | null;
}

export interface SignedIn {
  readonly socket: SmtpSocket;
  readonly offers: Offers;
}

/**
 * From connecting to the point where messages may go: greeting, EHLO, STARTTLS where offered, AUTH.
 *
 * Loopback relays have certificates of their own making, so only smtps:// and servers that ask for a password
 * are held to a valid one.
 *
 * @throws {ServerFault} when it cannot be reached, greets with a refusal, or does not sign us in.
 */
export async function signIn(target: SignInTarget, timeouts: Timeouts): Promise<SignedIn> {
  const where = `${target.host}:${target.port}`;
  const verified = target.secure || target.auth !== null;
  const socket = await SmtpSocket.connect(target, verified, timeouts).catch((error: Error) => {
    throw new ServerFault(`${where}: ${error.message}`);
  });
  try {
    const hello = new Hello(socket, new Dialogue(socket, where), target, timeouts);
    return { socket, offers: await hello.run() };
  } catch (error) {
    socket.break('not signed in');
    throw error;
  }
}

class Hello {
  readonly #socket: SmtpSocket;
  readonly #dialogue: Dialogue;
  readonly #target: SignInTarget;
  readonly #timeouts: Timeouts;
  #encrypted: boolean;

  constructor(socket: SmtpSocket, dialogue: Dialogue, target: SignInTarget, timeouts: Timeouts) {
    this.#socket = socket;
    this.#dialogue = dialogue;
    this.#target = target;
    this.#timeouts = timeouts;
    this.#encrypted = target.secure;
  }

  async run(): Promise<Offers> {
    const greeting = await this.#dialogue.ask(null, this.#timeouts.greeting);
    if (!isDone(greeting.code)) throw this.#dialogue.refusal('greeting', greeting);
    let offers = await this.#greet();
    if (offers.startTls && !this.#encrypted && (await this.#startTls())) offers = await this.#greet();
    if (this.#target.auth) await this.#authenticate(offers, this.#target.auth);
    return offers;
  }

  async #greet(): Promise<Offers> {
    const name = ownName(this.#socket.localAddress);
    const ehlo = await this.#ask(`EHLO ${name}`);
    if (isDone(ehlo.code)) return readOffers(ehlo.text);
    if (ehlo.code < 500) throw this.#dialogue.refusal('EHLO', ehlo);
    const helo = await this.#ask(`HELO ${name}`);
    if (!isDone(helo.code)) throw this.#dialogue.refusal('HELO', helo);
    return NO_OFFERS;
  }

  /** False where the server offers it and then does not want it, and nothing secret is to be said. */
  async #startTls(): Promise<boolean> {
    const verified = this.#target.auth !== null;
    const answer = await this.#ask('STARTTLS');
    if (!isDone(answer.code)) {
      if (verified) throw this.#dialogue.refusal('STARTTLS', answer);
      return false;
    }
    try {
      await this.#socket.encrypt(this.#target.host, verified, this.#timeouts.command);
    } catch (error) {
      throw this.#dialogue.fault(`STARTTLS: ${(error as Error).message}`);
    }
    this.#encrypted = true;
    return true;
  }

  async #authenticate({ auth }: Offers, credentials: Credentials): Promise<void> {
    if (!this.#encrypted && !isLoopback(this.#target.host))
      throw this.#dialogue.fault('it offers no STARTTLS, and a password is not sent in the clear');
    const exchange = exchangeFor(auth, this.#encrypted, credentials);
    if (!exchange) throw this.#dialogue.fault('it offers no AUTH by PLAIN, LOGIN or CRAM-MD5');
    let line = exchange.next('');
    for (;;) {
      if (line.done) throw this.#dialogue.fault('AUTH: it asks for more than the mechanism has');
      const answer = await this.#ask(line.value);
      if (isDone(answer.code)) return;
      if (answer.code !== CONTINUE)
        throw this.#dialogue.refusal('AUTH', {
          ...answer,
          text: withoutCredentials(answer.text, credentials),
        });
      line = exchange.next(Buffer.from(answer.text.slice(4), 'base64').toString());
    }
  }

  #ask(line: string) {
    return this.#dialogue.ask(line, this.#timeouts.command);
  }
}

/** The server's turn in an AUTH exchange (RFC 4954 section 4). */
const CONTINUE = 334;

function isDone(code: number): boolean {
  return code < 300;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** A name with a dot, or else the address as a literal (RFC 5321 section 4.1.4). */
function ownName(localAddress: string): string {
  const name = hostname();
  if (/^[\w-]+(\.[\w-]+)+$/.test(name)) return name;
  return localAddress.includes(':') ? `[IPv6:${localAddress}]` : `[${localAddress}]`;
}
