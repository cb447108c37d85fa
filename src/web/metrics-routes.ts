import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { showMetrics } from './metrics.ts';
import { isOwnMachine } from './own-machine.ts';
import { pressFacts } from './press-facts.ts';
import type { Web } from './web-parts.ts';

/**
 * GET /metrics, for a Prometheus that shows METRICS_TOKEN, and on a machine of one's own. Everybody else is
 * told that there is no such page: how many readers a letter has is not the public's.
 */
export function metricsRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', async (request, reply) => {
      if (!showsToken(web, request) && !isOwnMachine(web, request)) return reply.callNotFound();
      const text = await showMetrics(await pressFacts(web.db));
      return reply
        .header('cache-control', 'no-store')
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(text);
    });
  };
}

function showsToken({ metricsToken }: Web, request: FastifyRequest): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (metricsToken === null || shown === undefined) return false;
  return timingSafeEqual(digest(shown), digest(metricsToken));
}

/** Of one length, whatever was shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
