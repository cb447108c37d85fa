import {
  CORAL,
  chance,
  drawing,
  GOLD,
  INK,
  PAPER,
  type Point,
  SAGE,
  stroke,
  TEAL,
  through,
  tile,
  upTo,
} from './canvas.ts';

const BARS = 27;
const FLOOR = 545;

/** Gradients cut to a limit of their own, which follows the size of the weights they would move. */
export function nfNets(): string {
  const random = chance(6171);
  const bars = upTo(BARS).flatMap((index) => {
    const x = 102 + index * 37.5;
    const share = 0.3 + random();
    const over = share > 0.95;
    const kept = (over ? 1 : share * 0.9) * limit(index) - 12;
    const cut = [
      [x + 11, FLOOR - kept - 38],
      [x + 11, FLOOR - kept - 60 - 260 * Math.max(0, share - 0.95)],
    ] as const;
    return [
      tile([x, FLOOR - kept], [22, kept], over ? CORAL : index % 3 ? TEAL : INK, 6),
      ...(over ? [stroke(through(cut), CORAL, 6, '1 13')] : []),
    ];
  });
  const limits = upTo(BARS * 8 - 7).map(
    (step): Point => [113 + (step / 8) * 37.5, FLOOR - limit(step / 8) - 8],
  );
  const floor = stroke(
    through([
      [84, FLOOR + 14],
      [1116, FLOOR + 14],
    ]),
    INK,
    6,
  );
  return drawing(SAGE, floor, ...bars, stroke(through(limits), PAPER, 14), stroke(through(limits), GOLD, 7));
}

function limit(index: number): number {
  return 215 + 80 * Math.sin(index / 4.1 + 0.6) + 34 * Math.sin(index / 1.9);
}
