import {
  area,
  blend,
  chance,
  disc,
  drawing,
  GOLD,
  grid,
  INK,
  type Point,
  SKY,
  stroke,
  TEAL,
} from './canvas.ts';

const ORGAN =
  'M600 118C760 92 872 206 858 338C846 456 752 532 652 512C590 500 588 432 540 404C470 364 366 396 344 296C326 206 452 142 600 118Z';
const MIDDLE: Point = [660, 290];
/** Discs that together cover the organ: good enough to tell how far away a point is. */
const BODY: readonly (readonly [Point, number])[] = [
  [[690, 300], 175],
  [[560, 250], 135],
  [[440, 276], 98],
  [[690, 420], 100],
];

/** Noise grows where the model does not mind it, and leaves alone what the segmentation hangs on. */
export function uNoise(): string {
  const random = chance(5791);
  const noise = grid(38, 20).flatMap(([column, row]) => {
    const at: Point = [8 + column * 32, 12 + row * 32];
    const room = Math.min(1, distanceToOrgan(at) / 230);
    const radius = 13 * room * (0.4 + 0.6 * random());
    return radius < 1 ? [] : [disc(at, radius, blend(INK, SKY, 0.3 + 0.6 * room))];
  });
  const levels = [0.8, 0.6, 0.4, 0.2].map((size) =>
    shrunk(stroke(ORGAN, blend(TEAL, GOLD, 1.1 - size), 6 / size), size),
  );
  return drawing(INK, ...noise, area(ORGAN, TEAL), stroke(ORGAN, GOLD, 10), ...levels);
}

/** A contour line: the same outline drawn in towards its middle. */
function shrunk(shape: string, size: number): string {
  const [x, y] = MIDDLE;
  return `<g transform="translate(${x * (1 - size)} ${y * (1 - size)}) scale(${size})">${shape}</g>`;
}

function distanceToOrgan([x, y]: Point): number {
  return Math.min(...BODY.map(([[cx, cy], radius]) => Math.hypot(x - cx, y - cy) - radius));
}
