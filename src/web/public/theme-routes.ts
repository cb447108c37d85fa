import type { FastifyPluginAsync } from 'fastify';
import type { Publication } from '../../publications/publication.ts';
import { palette } from '../../rendering/palette.ts';
import type { Web } from '../web-parts.ts';
import { publicationOf } from './public-page.ts';

/**
 * The publication's own colour on its pages, as on its letters. A file and not a style in the page, which
 * the content security policy would refuse.
 */
export function themeRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/theme.css', async (request, reply) => {
      const css = themeCss(await publicationOf(web, request));
      return reply.header('cache-control', 'public, max-age=300').type('text/css; charset=utf-8').send(css);
    });
  };
}

/** What a page asks for where the publication has a colour of its own: another one is another address. */
export function themeAddress({ accent }: Publication, base: string): string | null {
  return accent === null ? null : `${base}/theme.css?v=${accent.slice(1)}`;
}

function themeCss({ accent }: Publication): string {
  const { light, dark } = palette(accent);
  const root = (colours: typeof light) => `:root{--accent:${colours.accent};--accent-tint:${colours.tint}}`;
  return `${root(light)}\n@media (prefers-color-scheme:dark){${root(dark)}}\n`;
}
