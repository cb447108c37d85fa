import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { VisitTarget } from '../../tokens/visit-token.ts';
import type { LinkBook } from '../../visits/link-book.ts';
import type { VisitWriter } from '../../visits/visit-writer.ts';
import { keepTokenSecret } from '../headers.ts';
import type { Web } from '../web-parts.ts';

export interface VisitParts {
  readonly links: LinkBook;
  readonly writer: VisitWriter;
}

const params = z.object({ token: z.string(), publication: z.string().optional() });

/** The smallest picture there is: GIF89a, one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * Counted links and the picture in letters. They lead on and count, and never change a reader; the answer waits for no
 * count. A link leads only to what its issue says: the token names it, and no address is ever taken from the request.
 */
export function visitRoutes(web: Web, { links, writer }: VisitParts): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (_request, reply) => keepTokenSecret(reply));

    app.get('/c/:token', async (request, reply) => {
      const { token, publication } = params.parse(request.params);
      const target = web.tokens.visits.read(token);
      if (target === null || target.kind === 'open') return reply.callNotFound();
      const url =
        target.kind === 'click'
          ? await links.urlOf(target.link)
          : publication === undefined
            ? '/'
            : `/p/${encodeURIComponent(publication)}/`;
      if (url === null) return reply.callNotFound();
      writer.add(arrival(web, request, target));
      return reply.code(302).header('location', url).send('');
    });

    app.get('/o/:token.gif', async (request, reply) => {
      const target = web.tokens.visits.read(params.parse(request.params).token);
      if (target?.kind !== 'open') return reply.callNotFound();
      writer.add(arrival(web, request, target));
      return reply.header('cross-origin-resource-policy', 'cross-origin').type('image/gif').send(PIXEL);
    });
  };
}

function arrival(web: Web, request: FastifyRequest, target: VisitTarget) {
  return {
    at: web.clock.now(),
    target,
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
    prefetch: isPrefetch(request),
  } as const;
}

/** Fetch Standard, "Sec-Purpose"; before it was written down, Chromium said "Purpose" and Firefox "X-Moz". */
function isPrefetch({ headers }: FastifyRequest): boolean {
  const said = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']];
  return said.some((value) => /prefetch|preview/i.test(String(value ?? '')));
}
