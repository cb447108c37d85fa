import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrast } from '../../src/rendering/palette.ts';

const css = readFileSync(new URL('../../src/web/assets/pressrun.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map((match) => match[1] ?? '');

function colours(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]),
  );
}

const themes: [string, Record<string, string>][] = [
  ['light', colours(light)],
  ['dark', { ...colours(light), ...colours(dark) }],
];

/** Text on its ground, as the style sheet pairs them. */
const TEXT = [
  ...['ink', 'body', 'muted', 'accent'].flatMap((text) =>
    ['page', 'sheet', 'tint'].map((ground) => [text, ground]),
  ),
  ['good', 'good-tint'],
  ['wait', 'wait-tint'],
  ['accent', 'accent-tint'],
  ['ink', 'good-tint'],
  ['ink', 'wait-tint'],
  ['ink', 'accent-tint'],
  ['on-press', 'press'],
] as const;

test.each(themes)('every text can be read on its ground, 4.5:1 or more, in the %s theme', (_name, colour) => {
  for (const [text, ground] of TEXT) {
    const ratio = contrast(colour[text ?? ''] ?? '', colour[ground ?? ''] ?? '');
    expect([text, ground, ratio >= 4.5]).toEqual([text, ground, true]);
  }
});

test.each(themes)('the edges of fields stand out, 3:1 or more, in the %s theme', (_name, colour) => {
  for (const ground of ['page', 'sheet']) {
    expect(contrast(colour.edge ?? '', colour[ground] ?? '')).toBeGreaterThanOrEqual(3);
  }
});
