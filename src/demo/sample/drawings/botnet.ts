import {
  blend,
  CORAL,
  disc,
  drawing,
  grid,
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

const HEIGHTS = [430, 330, 240, 165] as const;
const FOCUS: Point = [2, 1];

/** Convolutions on shrinking maps; on the last, smallest one every place attends to every other. */
export function botNet(): string {
  return drawing(SAGE, ...stages(), ...attention());
}

function stages(): string[] {
  return HEIGHTS.flatMap((height, stage) =>
    upTo(3).map((layer) => {
      const x = 84 + stage * 142 + layer * 36;
      return tile([x, 315 - height / 2], [26, height], blend(TEAL, INK, (stage * 3 + layer) / 11), 8);
    }),
  );
}

function attention(): string[] {
  const focus = cell(FOCUS);
  const others = grid(5, 5).filter(([x, y]) => x !== FOCUS[0] || y !== FOCUS[1]);
  const looks = others.map((at) => {
    const far = Math.hypot(at[0] - FOCUS[0], at[1] - FOCUS[1]);
    return stroke(through([focus, cell(at)]), CORAL, Math.max(2, 9 - 2 * far));
  });
  return [
    tile([690, 105], [420, 420], PAPER, 24),
    ...looks,
    ...others.map((at) => disc(cell(at), 17, INK)),
    disc(focus, 27, CORAL),
  ];
}

function cell([column, row]: Point): Point {
  return [744 + column * 78, 159 + row * 78];
}
