import type { Clock } from '../clock.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import type { Attempt, Handover, OutgoingMessage } from '../mail/attempt.ts';
import { ok, type Result, refuse } from '../result.ts';
import { Server, Turns } from './server.ts';

/** What every mail passes on its way out, letter or notice: the servers, and which of them are well. */
export interface Outbound {
  /** How many messages can be under way at once, over all servers. */
  readonly places: number;
  send(message: OutgoingMessage, handover: Handover): Promise<Attempt>;
  /** Does at least one server take mail? The refusal says why not. */
  check(): Promise<Result<string, string>>;
  close(): Promise<void>;
}

/**
 * Shares messages out over the servers that are well, by their weights. A server that refuses us rests, longer after each
 * fault; only when all of them rest is the answer `server fault`, which is no message's outcome.
 */
export function createOutbound(targets: readonly SmtpServer[], clock: Clock): Outbound {
  const servers = targets.map((target) => new Server(target, clock));
  const turns = new Turns(targets);

  async function send(message: OutgoingMessage, handover: Handover): Promise<Attempt> {
    const tried = new Set<Server>();
    for (;;) {
      const server = turns.next(servers.filter((one) => one.isWell && !tried.has(one)));
      if (!server) return { kind: 'server fault', reason: reasonOf(servers) };
      tried.add(server);
      const attempt = await server.send(message, handover);
      if (attempt.kind !== 'server fault') return attempt;
    }
  }

  return {
    places: servers.reduce((sum, { places }) => sum + places, 0),
    send,
    check: () => checkServers(servers),
    async close() {
      for (const { pool } of servers) pool.close();
    },
  };
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
