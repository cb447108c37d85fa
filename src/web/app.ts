import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { DAY_MS } from '../clock.ts';
import { addressHasher } from '../publications/installation.ts';
import { LinkBook } from '../visits/link-book.ts';
import { VisitWriter } from '../visits/visit-writer.ts';
import { assetRoutes } from './asset-routes.ts';
import { deskRoutes } from './desk/desk-routes.ts';
import { addErrorPages } from './error-pages.ts';
import { addSecurityHeaders } from './headers.ts';
import { healthRoutes } from './health-routes.ts';
import { hookRoutes } from './hooks/hook-routes.ts';
import { createLimiter } from './limiter.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { issueRoutes } from './public/issue-routes.ts';
import { subscribeRoutes } from './public/subscribe-routes.ts';
import { themeRoutes } from './public/theme-routes.ts';
import { tokenRoutes } from './public/token-routes.ts';
import { visitRoutes } from './public/visit-routes.ts';
import { createMailAfter } from './reader-mail.ts';
import { addRequestLog } from './request-log.ts';
import { endSilentConnections } from './silent-connections.ts';
import { createViews } from './views.ts';
import type { Web, WebParts } from './web-parts.ts';

const STATIC = fileURLToPath(new URL('./assets/', import.meta.url));

/** Forms and JSON; what the desk takes in as files has limits of its own. */
const BODY_LIMIT_BYTES = 128 * 1024;

/**
 * The readers' pages, the desk, pictures and health, ready to listen or to be injected into. Fastify's
 * own request log is off: it would write paths, and paths hold tokens.
 */
export async function buildWeb(parts: WebParts): Promise<FastifyInstance> {
  const web: Web = {
    ...parts,
    views: createViews(),
    limiter: createLimiter(parts.pool, parts.tokens, parts.rates),
    hashAddress: await addressHasher(parts.db),
    mailAfter: createMailAfter(parts),
  };
  const app = Fastify({
    logger: false,
    trustProxy: parts.trustProxy.length > 0 ? [...parts.trustProxy] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    // RFC 8058: no redirect on the way to a one-click unsubscribe, so a slash more is the same route
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  });
  endSilentConnections(app);
  addRequestLog(app, parts.log);
  addSecurityHeaders(app);
  addErrorPages(app, web);
  await app.register(cookie);
  await app.register(formbody);
  await app.register(fastifyStatic, {
    root: STATIC,
    prefix: '/static/',
    index: false,
    immutable: true,
    maxAge: 365 * DAY_MS,
  });
  await app.register(healthRoutes(web));
  await app.register(metricsRoutes(web));
  await app.register(assetRoutes(web));
  const visits = { links: new LinkBook(web.db), writer: new VisitWriter(web) };
  app.addHook('onClose', () => visits.writer.close());
  for (const prefix of ['', '/p/:publication']) {
    await app.register(subscribeRoutes(web), { prefix });
    await app.register(issueRoutes(web), { prefix });
    await app.register(tokenRoutes(web), { prefix });
    await app.register(themeRoutes(web), { prefix });
    await app.register(visitRoutes(web, visits), { prefix });
  }
  await app.register(hookRoutes(web), { prefix: '/hooks' });
  await app.register(deskRoutes(web), { prefix: '/desk' });
  return app;
}
