import {
  blend,
  CORAL,
  disc,
  drawing,
  GOLD,
  INK,
  NIGHT,
  PAPER,
  type Point,
  stroke,
  TEAL,
  through,
  upTo,
} from './canvas.ts';

const COLUMNS = 18;
const MOST = 9;

/** Time runs right; each column holds the examples in use, easy ones below, hard ones on top. */
export function curricula(): string {
  const all = upTo(COLUMNS).flatMap((column) =>
    upTo(MOST).map((height) =>
      disc(
        place(column, height),
        height < inUse(column) ? 21 : 5,
        height < inUse(column) ? hardness(height) : NIGHT,
      ),
    ),
  );
  const pace = upTo(COLUMNS).flatMap((column): Point[] => {
    const [x, y] = place(column, inUse(column) - 1);
    return [
      [x - 29, y - 36],
      [x + 29, y - 36],
    ];
  });
  return drawing(INK, ...all, stroke(through(pace), PAPER, 5));
}

/** The pacing function: few at first, all of them from two thirds of the run on. */
function inUse(column: number): number {
  return Math.min(MOST, 2 + Math.floor((MOST - 1) * (column / (COLUMNS * 0.68)) ** 1.6));
}

function place(column: number, height: number): Point {
  return [600 + (column - (COLUMNS - 1) / 2) * 58, 560 - height * 56];
}

function hardness(height: number): string {
  const share = height / (MOST - 1);
  return share < 0.5 ? blend(TEAL, GOLD, share * 2) : blend(GOLD, CORAL, share * 2 - 1);
}
