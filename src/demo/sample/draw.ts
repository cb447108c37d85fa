/** Draws the sample issues' pictures beside their Markdown: `node src/demo/sample/draw.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { botNet } from './drawings/botnet.ts';
import { chexTransfer } from './drawings/chextransfer.ts';
import { curricula } from './drawings/curricula.ts';
import { felicia } from './drawings/felicia.ts';
import { nfNets } from './drawings/nfnets.ts';
import { ode } from './drawings/ode.ts';
import { patchSvdd } from './drawings/patch-svdd.ts';
import { snake } from './drawings/snake.ts';
import { softPool } from './drawings/softpool.ts';
import { timeSformer } from './drawings/timesformer.ts';
import { uNoise } from './drawings/u-noise.ts';
import { indexedPng } from './indexed-png.ts';

const drawings: Readonly<Record<string, () => string>> = {
  'u-noise': uNoise,
  softpool: softPool,
  felicia,
  'patch-svdd': patchSvdd,
  curricula,
  chextransfer: chexTransfer,
  botnet: botNet,
  ode,
  snake,
  nfnets: nfNets,
  timesformer: timeSformer,
};

/** Every picture as PNG (mail clients show no SVG), by its file name. */
export function drawAll(): Map<string, Buffer> {
  const pictures = Object.entries(drawings).map(([name, draw]): [string, Buffer] => [
    `${name}.png`,
    toPng(draw()),
  ]);
  return new Map(pictures);
}

function toPng(svg: string): Buffer {
  const { pixels, width, height } = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  return indexedPng(pixels, width, height);
}

if (import.meta.main) {
  const directory = fileURLToPath(new URL('./pictures/', import.meta.url));
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of drawAll()) await writeFile(directory + name, bytes);
}
