import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import type { Attempt, Handover, OutgoingMessage } from '../mail/attempt.ts';
import { ok, type Result, refuse } from '../result.ts';
import { Allowance, type AllowanceDeps } from './allowance.ts';
import { Server, Turns } from './server.ts';

/** What every mail passes on its way out, letter or notice: the servers, and which of them are well. */
export interface Outbound {
  /** How many messages can be under way at once, over all servers. */
  readonly places: number;
  /**
   * `withheld`, too, where it would have to wait for its rate and {@link stopWaiting} was called.
   *
   * @param isWanted asked while it waits: one that is not any more is withheld, and leaves its turn to others.
   */
  send(message: OutgoingMessage, handover: Handover, isWanted?: () => boolean): Promise<Attempt>;
  /** Does at least one server take mail? The refusal says why not. */
  check(): Promise<Result<string, string>>;
  /** From now on no message waits for its rate. */
  stopWaiting(): void;
  close(): Promise<void>;
}

/** The rates that mail keeps to, over all workers on all hosts. */
export interface Rates {
  /** Messages a second over all servers; null: none. */
  readonly overall: number | null;
  readonly takeStretch: AllowanceDeps['takeStretch'];
  readonly pause?: AllowanceDeps['pause'];
}

const NO_RATES: Rates = {
  overall: null,
  takeStretch: () => Promise.reject(new Error('nothing to share a rate through')),
};

/**
 * Shares messages out over the servers that are well, by their weights. A server that refuses us rests, longer after
 * each fault; only when all of them rest is the answer `server fault`, which is no message's outcome. A message that
 * its rates do not allow yet waits before a server sees it, and before it is marked.
 */
export function createOutbound(
  targets: readonly SmtpServer[],
  clock: Clock,
  rates: Rates = NO_RATES,
): Outbound {
  const stopping = new AbortController();
  const deps = { pause: (ms: number) => pause(ms, stopping.signal), ...rates, clock };
  const allow = (name: string, rate: number | null) =>
    rate === null ? null : new Allowance(name, rate, deps);
  const overall = allow('all', rates.overall);
  const servers = targets.map((target) => new Server(target, allow(nameOf(target), target.rate), clock));
  const turns = new Turns(targets);
  const isLimited = overall !== null || servers.some(({ allowance }) => allowance !== null);

  const wellBut = (tried: ReadonlySet<Server>) => servers.filter((one) => one.isWell && !tried.has(one));

  async function send(
    message: OutgoingMessage,
    handover: Handover,
    isWanted: () => boolean = always,
  ): Promise<Attempt> {
    const tried = new Set<Server>();
    for (;;) {
      const server = isLimited ? await allowedServer(tried, isWanted) : turns.next(wellBut(tried));
      if (server === 'withheld') return { kind: 'withheld' };
      if (!server) return { kind: 'server fault', reason: reasonOf(servers) };
      tried.add(server);
      const attempt = await server.send(message, handover);
      if (attempt.kind !== 'server fault') return attempt;
    }
  }

  /** Whose turn it is, as soon as its rate and the one over all allow one message more. */
  async function allowedServer(
    tried: ReadonlySet<Server>,
    isWanted: () => boolean,
  ): Promise<Server | undefined | 'withheld'> {
    while (isWanted() && !stopping.signal.aborted) {
      const well = wellBut(tried);
      if (well.length === 0) return undefined;
      const server = turns.next(allowedOf(well, overall));
      if (server) {
        overall?.use();
        server.allowance?.use();
        return server;
      }
      await nextAllowance(well, overall);
    }
    return 'withheld';
  }

  return {
    places: servers.reduce((sum, { places }) => sum + places, 0),
    send,
    check: () => checkServers(servers),
    stopWaiting: () => stopping.abort(),
    async close() {
      stopping.abort();
      for (const { pool } of servers) pool.close();
    },
  };
}

const always = () => true;

/** Those whose own rate lets one message more go, if the rate over all does too. */
function allowedOf(servers: readonly Server[], overall: Allowance | null): readonly Server[] {
  const allowed = servers.filter(({ allowance }) => allowance === null || allowance.hasSome);
  // who has to wait is asked for ahead, or it would never have its turn beside one that need not
  for (const server of servers) if (!allowed.includes(server)) server.allowance?.ask().catch(() => {});
  return overall === null || overall.hasSome ? allowed : [];
}

/** Waits for a server's rate first: what is taken of the one over all is then used at once. */
async function nextAllowance(servers: readonly Server[], overall: Allowance | null): Promise<void> {
  const lacking = servers.flatMap(({ allowance }) => (allowance && !allowance.hasSome ? [allowance] : []));
  if (lacking.length === servers.length) await Promise.race(lacking.map((allowance) => allowance.ask()));
  else await overall?.ask();
}

/** Two accounts with one relay have a rate each. The user's name may be a key: it is not told. */
function nameOf({ host, port, auth }: SmtpServer): string {
  const user = auth && createHash('sha256').update(auth.user).digest('hex').slice(0, 8);
  return ['server', `${host}:${port}`, user].filter(Boolean).join(' ');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await setTimeout(ms, undefined, { signal, ref: false }).catch(() => {});
}

function reasonOf(servers: readonly Server[]): string {
  return (
    servers
      .map((server) => server.reason)
      .filter(Boolean)
      .join('; ') || 'no mail server is configured'
  );
}

async function checkServers(servers: readonly Server[]): Promise<Result<string, string>> {
  const faults: string[] = [];
  for (const { pool } of servers) {
    try {
      await pool.check();
      return ok(`${pool.target.host}:${pool.target.port}`);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  return refuse(faults.join('; '));
}
