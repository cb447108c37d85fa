import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { findAsset } from '../issues/asset-store.ts';
import type { Web } from './web-parts.ts';

const NAME = /^([0-9a-f]{64})\.([a-z]{3,4})$/;

/** Pictures by the hash of their bytes: what stands at an address never changes. */
export function assetRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/assets/:file', async (request, reply) => {
      const { file } = z.object({ file: z.string() }).parse(request.params);
      const [, hash, extension] = NAME.exec(file) ?? [];
      const asset = hash && extension ? await findAsset(web.db, hash, extension) : null;
      if (!asset) return reply.callNotFound();
      return reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('cross-origin-resource-policy', 'cross-origin')
        .type(asset.media_type)
        .send(asset.bytes);
    });
  };
}
