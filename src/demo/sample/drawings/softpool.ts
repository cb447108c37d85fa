import {
  blend,
  CORAL,
  chance,
  drawing,
  GOLD,
  grid,
  INK,
  PAPER,
  type Point,
  SAND,
  stroke,
  TEAL,
  through,
  tile,
} from './canvas.ts';

const LEFT: Point = [96, 75];
const RIGHT: Point = [744, 135];

/** Windows of two by two, weighted by the softmax of their own values, become one cell each. */
export function softPool(): string {
  const values = activations();
  const fine = grid(8, 8).map(([x, y]) =>
    tile([LEFT[0] + x * 60, LEFT[1] + y * 60], [54, 54], shade(values[y * 8 + x] ?? 0), 6),
  );
  const coarse = grid(4, 4).map(([x, y]) =>
    tile([RIGHT[0] + x * 90, RIGHT[1] + y * 90], [82, 82], shade(pooled(values, x, y)), 8),
  );
  const window = [LEFT[0] + 4 * 60 - 5, LEFT[1] + 2 * 60 - 5] as const;
  const cell = [RIGHT[0] + 2 * 90 - 5, RIGHT[1] + 90 - 5] as const;
  return drawing(
    PAPER,
    beam([window[0] + 124, window[1]], cell),
    beam([window[0] + 124, window[1] + 124], [cell[0], cell[1] + 92]),
    ...fine,
    ...coarse,
    frame(window, 124),
    frame(cell, 92),
  );
}

function activations(): number[] {
  const random = chance(440);
  return grid(8, 8).map(([x, y]) => {
    const hill = Math.exp(-((x - 4.6) ** 2 + (y - 2.8) ** 2) / 5);
    const slope = Math.exp(-((x - 1.2) ** 2 + (y - 6.4) ** 2) / 3);
    return Math.min(1, 0.9 * hill + 0.55 * slope + 0.22 * random());
  });
}

/** The sum of e^a / Σe^a · a over the window: equation 2 of arXiv 2101.00440, here at a sharper scale. */
function pooled(values: readonly number[], x: number, y: number): number {
  const window = [0, 1, 8, 9].map((step) => values[2 * y * 8 + 2 * x + step] ?? 0);
  const weights = window.map((value) => Math.exp(5 * value));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return window.reduce((sum, value, index) => sum + (value * (weights[index] ?? 0)) / total, 0);
}

function shade(value: number): string {
  if (value < 0.5) return blend(SAND, TEAL, value * 2);
  return value < 0.8 ? blend(TEAL, INK, (value - 0.5) / 0.3) : blend(GOLD, CORAL, (value - 0.8) / 0.2);
}

function frame([x, y]: Point, side: number): string {
  return stroke(
    through([
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
      [x, y],
    ]),
    CORAL,
    6,
  );
}

function beam(from: Point, to: Point): string {
  return stroke(through([from, to]), CORAL, 4, '2 12');
}
