import type { FastifyPluginAsync } from 'fastify';
import { sql } from 'kysely';
import type { Web } from './web-parts.ts';

/** /healthz: this process answers. /readyz: and it can do its work. */
export function healthRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { status: 'ok' };
    });

    app.get('/readyz', async (_request, reply) => {
      const checks = {
        postgres: await answers(web, 'postgres', async () => sql`select 1`.execute(web.db)),
        queue: await answers(web, 'queue', () => web.queues.check()),
      };
      const ready = Object.values(checks).every(Boolean);
      reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
      return { status: ready ? 'ready' : 'not ready', ...checks };
    });
  };
}

/** Whatever the reason, it goes to the log: the answer is for a load balancer. */
async function answers(web: Web, part: string, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    web.log.warn({ event: 'not ready', part, reason: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
