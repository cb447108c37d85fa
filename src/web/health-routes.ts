import type { FastifyPluginAsync } from 'fastify';
import { sql } from 'kysely';
import { SECOND_MS } from '../clock.ts';
import { askedSeldom } from './readiness.ts';
import type { Web } from './web-parts.ts';

/** A mail server is knocked at no more often than this, however often we are asked. */
const KEEP_SMTP_MS = 10 * SECOND_MS;
const KEEP_MS = SECOND_MS;

/**
 * /healthz: this process answers. /readyz: and everything that the press stands on does. The mail server is
 * asked where this process knows it (`pressrun web` need not).
 */
export function healthRoutes(web: Web): FastifyPluginAsync {
  const { checkMail } = web;
  const parts: Record<string, () => Promise<void>> = {
    postgres: askedSeldom(() => sql`select 1`.execute(web.db), KEEP_MS),
    queue: askedSeldom(() => web.queues.check(), KEEP_MS),
    ...(checkMail && { smtp: askedSeldom(checkMail, KEEP_SMTP_MS) }),
  };

  return async (app) => {
    app.get('/healthz', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { status: 'ok' };
    });

    app.get('/readyz', async (_request, reply) => {
      const answers = Object.entries(parts).map(async ([part, ask]) => [
        part,
        await answered(web, part, ask),
      ]);
      const checks = Object.fromEntries(await Promise.all(answers));
      const ready = Object.values(checks).every(Boolean);
      reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
      return { status: ready ? 'ready' : 'not ready', ...checks };
    });
  };
}

/** Whatever the reason, it goes to the log: the answer is for a load balancer. */
async function answered(web: Web, part: string, ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    web.log.warn({ event: 'not ready', part, reason: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
