import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { PoolTarget } from '../../src/mail/smtp-pool.ts';

/** What the server does when it is told something; 'forget' takes a message and breaks before it says so. */
export type Turn = 'yes' | 'later' | 'no' | 'dismiss' | 'close' | 'forget';
export type Asked = 'mail' | 'rcpt' | 'data' | 'dot';

export interface ModelRules {
  readonly pipelining: boolean;
  readonly chunking: boolean;
  readonly turn: (asked: Asked, to: string) => Turn;
  /** How long a reply is on its way. */
  readonly replyMs: () => number;
  /** Says 354 even without a recipient, and refuses the dot, as RFC 2920 section 3.1 lets it. */
  readonly lateRefusal: boolean;
  readonly onTaken: (to: string) => void;
}

export interface ModelServer {
  readonly target: PoolTarget;
  /** Recipients and messages it took, in order. */
  readonly taken: { readonly to: string; readonly raw: string }[];
  /** Everything it was told, but for the messages. */
  readonly lines: string[];
  close(): Promise<void>;
}

const REPLIES = { later: '451 4.3.0 Later', no: '554 5.7.1 No' } as const;
const RULES: ModelRules = {
  pipelining: true,
  chunking: false,
  turn: () => 'yes',
  replyMs: () => 0,
  lateRefusal: false,
  onTaken: () => {},
};

/** A server that keeps to the letter of RFC 5321, 2920 and 3030, and does at each step what it is told. */
export async function startModelServer(
  changes: Partial<ModelRules> = {},
  pool: Partial<PoolTarget> = {},
): Promise<ModelServer> {
  const rules = { ...RULES, ...changes };
  const taken: { to: string; raw: string }[] = [];
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    new ModelSession(socket, rules, taken, lines);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { host: '127.0.0.1', port, secure: false, auth: null, connections: 1, depth: 1, ...pool },
    taken,
    lines,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class ModelSession {
  readonly #socket: Socket;
  readonly #rules: ModelRules;
  readonly #taken: { to: string; raw: string }[];
  readonly #lines: string[];
  #input = '';
  #output = '';
  #flushing = false;
  #sender = false;
  #to = '';
  #body: 'none' | 'data' | number = 'none';

  constructor(socket: Socket, rules: ModelRules, taken: { to: string; raw: string }[], lines: string[]) {
    this.#socket = socket;
    this.#rules = rules;
    this.#taken = taken;
    this.#lines = lines;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      this.#input += piece.toString('latin1');
      while (!socket.destroyed && !socket.writableEnded && this.#step());
    });
    this.#say('220 model.test');
  }

  /** One command or message of the input; false: it is not whole yet. */
  #step(): boolean {
    if (this.#body === 'data') return this.#endOf('\r\n.\r\n', 2);
    if (typeof this.#body === 'number') return this.#chunk(this.#body);
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 2);
    this.#lines.push(line);
    this.#command(line);
    return true;
  }

  #endOf(mark: string, kept: number): boolean {
    const empty = this.#input.startsWith('.\r\n');
    const end = empty ? 0 : this.#input.indexOf(mark);
    if (end < 0) return false;
    const raw = empty ? '' : this.#input.slice(0, end + kept).replaceAll(/^\./gm, '');
    this.#input = this.#input.slice(empty ? 3 : end + mark.length);
    this.#message(raw);
    return true;
  }

  #chunk(size: number): boolean {
    if (this.#input.length < size) return false;
    const raw = this.#input.slice(0, size);
    this.#input = this.#input.slice(size);
    this.#message(raw);
    return true;
  }

  #command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') this.#say(this.#offers());
    else if (verb === 'RSET') this.#reset('250 2.0.0 OK');
    else if (verb === 'MAIL') this.#mail();
    else if (verb === 'RCPT') this.#rcpt(/<([^>]*)>/.exec(line)?.[1] ?? '');
    else if (verb === 'DATA') this.#data();
    else if (verb === 'BDAT') this.#body = Number(line.split(' ')[1]);
    else if (verb === 'QUIT') this.#bye('221 2.0.0 Bye');
    else this.#say('502 5.5.1 What?');
  }

  #offers(): string {
    const offered = [this.#rules.pipelining && 'PIPELINING', this.#rules.chunking && 'CHUNKING', 'SIZE'];
    return ['250-model.test', ...offered.filter(Boolean).map((name) => `250-${name}`), '250 HELP'].join(
      '\r\n',
    );
  }

  #mail(): void {
    if (this.#sender) this.#say('503 5.5.1 Nested MAIL');
    else if (this.#asked('mail', '')) {
      this.#sender = true;
      this.#say('250 2.1.0 OK');
    }
  }

  #rcpt(to: string): void {
    if (!this.#sender) this.#say('503 5.5.1 MAIL first');
    else if (this.#asked('rcpt', to)) {
      this.#to = to;
      this.#say('250 2.1.5 OK');
    }
  }

  #data(): void {
    if (!this.#to && !(this.#rules.lateRefusal && this.#sender)) this.#say('503 5.5.1 RCPT first');
    else if (!this.#to || this.#asked('data', this.#to)) {
      this.#body = 'data';
      this.#say('354 Go on');
    }
  }

  #message(raw: string): void {
    this.#body = 'none';
    if (this.#to) this.#end(raw, this.#to);
    // the server forgets nothing when it refuses a chunk that has no recipient (RFC 3030 section 2)
    else if (this.#rules.chunking) this.#say('503 5.5.1 RCPT first');
    else this.#reset('554 5.5.1 No valid recipients');
  }

  #end(raw: string, to: string): void {
    const turn = this.#rules.turn('dot', to);
    if (turn === 'yes' || turn === 'forget') {
      this.#taken.push({ to, raw });
      this.#rules.onTaken(to);
    }
    if (turn === 'yes') this.#reset('250 2.0.0 OK queued as 1234567');
    else if (turn === 'later' || turn === 'no') this.#reset(REPLIES[turn]);
    else if (turn === 'dismiss') this.#bye('421 4.3.2 Going away');
    else this.#break();
  }

  /** Whether it goes on; else it has answered. */
  #asked(what: Asked, to: string): boolean {
    const turn = this.#rules.turn(what, to);
    if (turn === 'later' || turn === 'no') this.#say(REPLIES[turn]);
    if (turn === 'dismiss') this.#bye('421 4.3.2 Going away');
    if (turn === 'close' || turn === 'forget') this.#break();
    return turn === 'yes';
  }

  #reset(reply: string): void {
    this.#sender = false;
    this.#to = '';
    this.#say(reply);
  }

  #bye(reply: string): void {
    this.#socket.end(`${this.#output}${reply}\r\n`);
    this.#output = '';
  }

  /** As a machine that fails: what it had to say is lost. */
  #break(): void {
    this.#output = '';
    this.#socket.destroy();
  }

  #say(reply: string): void {
    this.#output += `${reply}\r\n`;
    if (this.#flushing) return;
    this.#flushing = true;
    setTimeout(() => {
      this.#flushing = false;
      if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(this.#output);
      this.#output = '';
    }, this.#rules.replyMs());
  }
}
