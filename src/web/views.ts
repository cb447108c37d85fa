import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Liquid } from 'liquidjs';

const VIEWS = fileURLToPath(new URL('./views/', import.meta.url));
const ASSETS = new URL('./assets/', import.meta.url);
const ASSET_NAMES = ['pressrun.css', 'progress.js'] as const;

export interface Views {
  render(view: string, model: object): Promise<string>;
}

/**
 * Every output is escaped; only what is already HTML of our own making passes through `raw`. A
 * misspelt variable throws, so that the tests see it.
 */
export function createViews(): Views {
  const liquid = new Liquid({
    root: VIEWS,
    layouts: VIEWS,
    partials: VIEWS,
    extname: '.liquid',
    cache: true,
    outputEscape: 'escape',
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    globals: { asset: assetAddresses() },
  });
  return { render: (view, model) => liquid.renderFile(view, model) };
}

/** The address of a stylesheet or script changes with its bytes, so that browsers may keep it for ever. */
function assetAddresses(): Record<string, string> {
  return Object.fromEntries(
    ASSET_NAMES.map((name) => {
      const digest = createHash('sha256')
        .update(readFileSync(new URL(name, ASSETS)))
        .digest('hex');
      return [name.replace('.', '_'), `/static/${name}?v=${digest.slice(0, 12)}`];
    }),
  );
}
