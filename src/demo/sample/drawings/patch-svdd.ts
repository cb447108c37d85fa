import {
  CORAL,
  chance,
  disc,
  drawing,
  GOLD,
  grid,
  INK,
  PAPER,
  type Point,
  ring,
  SAND,
  SKY,
  stroke,
  TEAL,
  through,
  tile,
  upTo,
} from './canvas.ts';

const IMAGE: Point = [90, 75];
const PATCH = 96;
const SIDE = 88;
const ODD: Point = [3, 1];
const MIDDLE: Point = [815, 385];
const ODD_LATENT: Point = [1060, 140];
/** Steps of this turn spread points over a disc without a pattern (Vogel 1979). */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** An image in patches, and where they lie in latent space: one is far from every normal neighbour. */
export function patchSvdd(): string {
  const patches = grid(5, 5).map((at) => patch(at, at[0] === ODD[0] && at[1] === ODD[1]));
  const normal = latentPoints();
  const nearest = normal.reduce((best, at) => (toOdd(at) < toOdd(best) ? at : best));
  return drawing(
    PAPER,
    ...patches,
    disc(MIDDLE, 190, SAND),
    stroke(through([nearest, ODD_LATENT]), CORAL, 5, '1 14'),
    ...normal.map((at) => disc(at, 12, at === nearest ? INK : TEAL)),
    disc(ODD_LATENT, 44, PAPER),
    disc(ODD_LATENT, 22, CORAL),
    ring(ODD_LATENT, 38, CORAL, 5),
  );
}

/** Woven cloth: arcs that run on from patch to patch, but not over the odd one. */
function patch([column, row]: Point, odd: boolean): string {
  const [x, y] = [IMAGE[0] + column * PATCH, IMAGE[1] + row * PATCH];
  const flip = (column + row) % 2 === 1;
  const ground = tile([x, y], [SIDE, SIDE], odd ? CORAL : flip ? TEAL : INK, 8);
  const arcs = [20, 40, 60].map((radius) => arc([x, y], radius, flip, odd));
  return ground + arcs.join('');
}

function arc([x, y]: Point, radius: number, flip: boolean, odd: boolean): string {
  const inset = 5;
  const left = odd
    ? `M${x + inset} ${y + SIDE - radius}A${radius - inset} ${radius - inset} 0 0 1 ${x + radius} ${y + SIDE - inset}`
    : null;
  const from = flip ? `M${x + radius} ${y + inset}` : `M${x + SIDE - radius} ${y + inset}`;
  const to = flip ? `${x + inset} ${y + radius}` : `${x + SIDE - inset} ${y + radius}`;
  const path = left ?? `${from}A${radius - inset} ${radius - inset} 0 0 ${flip ? 1 : 0} ${to}`;
  return stroke(path, odd ? GOLD : SKY, 5);
}

function latentPoints(): Point[] {
  const random = chance(16067);
  return upTo(34).map((index) => {
    const angle = index * GOLDEN_ANGLE + (random() - 0.5) * 0.2;
    const radius = 165 * Math.sqrt((index + 0.5) / 34) * (0.95 + 0.06 * random());
    return [MIDDLE[0] + radius * Math.cos(angle), MIDDLE[1] + radius * Math.sin(angle)];
  });
}

function toOdd([x, y]: Point): number {
  return Math.hypot(x - ODD_LATENT[0], y - ODD_LATENT[1]);
}
