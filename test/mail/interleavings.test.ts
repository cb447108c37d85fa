import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attempt, Handover } from '../../src/mail/attempt.ts';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { startModelServer, type Turn } from './model-server.ts';

/** One message's fate: what its sender and the server do at each step, and how long they take, in ms. */
interface Fate {
  readonly markMs: number;
  readonly mark: 'given' | 'refused' | 'fails';
  readonly recordMs: number;
  readonly rcpt: Turn;
  readonly data: Turn;
  readonly dot: Turn;
}

const ms = fc.integer({ min: 0, max: 4 });
/** Mostly well. */
const turn = (...others: Turn[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<Turn>('yes') },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const fate: fc.Arbitrary<Fate> = fc.record({
  markMs: ms,
  mark: fc.oneof(
    { weight: 10, arbitrary: fc.constant('given' as const) },
    { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'fails' as const) },
  ),
  recordMs: ms,
  rcpt: turn('later', 'no', 'dismiss', 'close'),
  data: turn('later', 'no', 'close'),
  dot: turn('later', 'no', 'dismiss', 'close', 'forget'),
});
const run = fc.record({
  depth: fc.integer({ min: 1, max: 4 }),
  connections: fc.integer({ min: 1, max: 3 }),
  pipelining: fc.boolean(),
  chunking: fc.boolean(),
  lateRefusal: fc.boolean(),
  /** What the server does at its n-th MAIL, over all connections. */
  mails: fc.array(turn('later', 'dismiss', 'close'), { maxLength: 30 }),
  delays: fc.array(ms, { minLength: 1, maxLength: 20 }),
  fates: fc.array(fate, { minLength: 1, maxLength: 25 }),
});

const later = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));
const numberOf = (to: string) => Number(/\d+/.exec(to)?.[0]);

/** What the sender saw of one message. */
class Seen {
  mark: 'none' | 'asked' | 'given' = 'none';
  recorded: 'no' | 'begun' | 'done' = 'no';
  attempt: Attempt | 'failed' | null = null;

  handover(fate: Fate): Handover {
    return {
      mark: async () => {
        expect(this.mark, 'a message is marked once').toBe('none');
        this.mark = 'asked';
        await later(fate.markMs);
        if (fate.mark === 'fails') throw new Error('database away');
        if (fate.mark === 'given') this.mark = 'given';
        return fate.mark === 'given';
      },
      record: async () => {
        expect(this.recorded, 'an outcome is recorded once').toBe('no');
        this.recorded = 'begun';
        await later(fate.recordMs);
        this.recorded = 'done';
      },
    };
  }
}

test('whatever order replies, marks, commits and closings come in, no message is taken unmarked or twice', async () => {
  await fc.assert(
    fc.asyncProperty(run, async (given) => {
      const seen = given.fates.map(() => new Seen());
      const of = (to: string) => given.fates[numberOf(to)] as Fate;
      const places = 2 * given.depth * given.connections;
      let mails = 0;
      let delays = 0;
      const server = await startModelServer(
        {
          ...given,
          replyMs: () => given.delays[delays++ % given.delays.length] ?? 0,
          turn: (asked, to) => (asked === 'mail' ? (given.mails[mails++] ?? 'yes') : of(to)[asked]),
          onTaken: (to) => {
            expect(seen[numberOf(to)]?.mark, 'what is taken was marked before').toBe('given');
            const open = seen.filter(({ mark, recorded }) => mark === 'given' && recorded !== 'done');
            const handedBack = given.mails.length > 0 || given.fates.some(breaks);
            if (!handedBack) expect(open.length).toBeLessThanOrEqual(places);
          },
        },
        given,
      );
      const pool = new SmtpPool(server.target);
      await Promise.all(
        given.fates.map(async (fate, n) => {
          const one = seen[n] as Seen;
          const message = {
            from: 'press@example.com',
            to: `reader${n}@example.com`,
            raw: Buffer.from(`Subject: ${n}\r\n\r\nHello.\r\n`),
          };
          one.attempt = await pool.send(message, one.handover(fate)).catch(() => 'failed' as const);
          judge(one, fate);
        }),
      );
      pool.close();
      const taken = server.taken.map(({ to }) => numberOf(to));
      expect(new Set(taken).size, 'nothing is taken twice').toBe(taken.length);
      for (const [n, one] of seen.entries()) {
        if (isAccepted(one)) expect(taken, `${n} was accepted`).toContain(n);
        else if (taken.includes(n))
          expect(one.attempt).toMatchObject({ kind: 'lost', after_final_dot: true });
      }
      await server.close();
    }),
    { numRuns: 150, timeout: 20_000, interruptAfterTimeLimit: 30_000 },
  );
});

function judge({ attempt, mark, recorded }: Seen, fate: Fate): void {
  if (attempt === null) throw new Error('no attempt');
  if (attempt === 'failed') expect(fate.mark).toBe('fails');
  else if (attempt.kind === 'withheld') expect(fate.mark).toBe('refused');
  else if (attempt.kind === 'server fault') expect(mark, 'a fault is nobody’s outcome').toBe('none');
  else expect(recorded, 'answered when it is recorded').toBe('done');
  if (isAccepted({ attempt }) || (attempt !== 'failed' && attempt.kind === 'lost' && attempt.after_final_dot))
    expect(mark).toBe('given');
}

function isAccepted({ attempt }: Pick<Seen, 'attempt'>): boolean {
  return attempt !== null && attempt !== 'failed' && attempt.kind === 'accepted';
}

function breaks({ rcpt, data, dot }: Fate): boolean {
  return [rcpt, data, dot].some((turn) => turn === 'dismiss' || turn === 'close' || turn === 'forget');
}
