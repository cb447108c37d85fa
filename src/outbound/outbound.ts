import type { Clock } from '../clock.ts';
import type { Attempt, Handover, OutgoingMessage } from '../mail/attempt.ts';
import { type PoolTarget, placesOf, SmtpPool } from '../mail/smtp-pool.ts';
import { ok, type Result, refuse } from '../result.ts';

/** What every mail passes on its way out, letter or notice: the servers, and which of them are well. */
export interface Outbound {
  /** How many messages can be under way at once, over all servers. */
  readonly places: number;
  send(message: OutgoingMessage, handover: Handover): Promise<Attempt>;
  /** Does at least one server take mail? The refusal says why not. */
  check(): Promise<Result<string, string>>;
  close(): Promise<void>;
}

const REST_FIRST_MS = 1000;
const REST_MOST_MS = 30_000;

interface Server {
  readonly pool: SmtpPool;
  /** Messages under way, so that the least busy is chosen. */
  busy: number;
  faults: number;
  restUntil: number;
  reason: string;
}

/**
 * Shares messages out over the servers that are well. A server that refuses us rests, longer after each
 * fault; only when all of them rest is the answer `server fault`, which is no message's outcome.
 */
export function createOutbound(targets: readonly PoolTarget[], clock: Clock): Outbound {
  const servers: Server[] = targets.map((target) => ({
    pool: new SmtpPool(target),
    busy: 0,
    faults: 0,
    restUntil: 0,
    reason: '',
  }));

  async function send(message: OutgoingMessage, handover: Handover): Promise<Attempt> {
    const tried = new Set<Server>();
    for (;;) {
      const server = leastBusy(servers, tried, clock.now().getTime());
      if (!server) return { kind: 'server fault', reason: reasonOf(servers) };
      tried.add(server);
      const attempt = await sendBy(server, message, handover, clock);
      if (attempt.kind !== 'server fault') return attempt;
    }
  }

  return {
    places: targets.reduce((sum, target) => sum + placesOf(target), 0),
    send,
    check: () => checkServers(servers),
    async close() {
      for (const server of servers) server.pool.close();
    },
  };
}

async function sendBy(
  server: Server,
  message: OutgoingMessage,
  handover: Handover,
  clock: Clock,
): Promise<Attempt> {
  server.busy += 1;
  try {
    const attempt = await server.pool.send(message, handover);
    if (attempt.kind === 'server fault') rest(server, attempt.reason, clock.now().getTime());
    else if (attempt.kind === 'accepted' || attempt.kind === 'refused') server.faults = 0;
    return attempt;
  } finally {
    server.busy -= 1;
  }
}

function rest(server: Server, reason: string, now: number): void {
  // ten connections that fail at once are one fault
  if (server.restUntil > now) return;
  server.restUntil = now + Math.min(REST_FIRST_MS * 2 ** server.faults, REST_MOST_MS);
  server.faults += 1;
  server.reason = reason;
}

function leastBusy(servers: readonly Server[], tried: ReadonlySet<Server>, now: number): Server | undefined {
  return servers
    .filter((server) => !tried.has(server) && server.restUntil <= now)
    .sort(
      (one, other) => one.busy / one.pool.target.connections - other.busy / other.pool.target.connections,
    )[0];
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
