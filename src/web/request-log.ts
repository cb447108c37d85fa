import type { FastifyInstance } from 'fastify';
import type { Log } from '../log.ts';

/** One line a request, with the route's pattern: a path may hold a token, a query an address. */
export function addRequestLog(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    log.debug({
      event: 'request',
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}
