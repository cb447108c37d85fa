import type { Clock } from '../clock.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import type { Attempt, Handover, OutgoingMessage } from '../mail/attempt.ts';
import { ok, type Result, refuse } from '../result.ts';
import { type RateDeps, Rates } from './rates.ts';
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

const NO_RATES: RateDeps = {
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
  rateDeps: RateDeps = NO_RATES,
): Outbound {
  const rates = new Rates(rateDeps, clock);
  const servers = targets.map((target) => new Server(target, rates.allowanceOf(target), clock));
  const turns = new Turns(targets);
  const wellBut = (tried: ReadonlySet<Server>) => servers.filter((one) => one.isWell && !tried.has(one));

  async function send(message: OutgoingMessage, handover: Handover, isWanted = always): Promise<Attempt> {
    const tried = new Set<Server>();
    for (;;) {
      const server = rates.isLimited ? await allowedServer(tried, isWanted) : turns.next(wellBut(tried));
      if (server === 'withheld') return { kind: 'withheld' };
      if (!server) return { kind: 'server fault', reason: reasonOf(servers) };
      tried.add(server);
      const attempt = await server.send(message, handover);
      if (attempt.kind !== 'server fault') return attempt;
    }
  }

  /** Whose turn it is, as soon as its rate and the one over all allow one message more. */
  async function allowedServer(tried: ReadonlySet<Server>, isWanted: () => boolean) {
    while (isWanted() && !rates.isStopped) {
      const well = wellBut(tried);
      if (well.length === 0) return undefined;
      const server = turns.next(rates.allowed(well));
      if (server) {
        rates.use(server);
        return server;
      }
      await rates.wait(well);
    }
    return 'withheld' as const;
  }

  return {
    places: servers.reduce((sum, { places }) => sum + places, 0),
    send,
    check: () => checkServers(servers),
    stopWaiting: () => rates.stop(),
    async close() {
      rates.stop();
      for (const { pool } of servers) pool.close();
    },
  };
}

const always = () => true;

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
