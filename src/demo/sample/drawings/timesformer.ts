import {
  area,
  blend,
  CORAL,
  drawing,
  GOLD,
  grid,
  INK,
  PAPER,
  type Point,
  SKY,
  SLATE,
  stroke,
  TEAL,
  through,
  upTo,
} from './canvas.ts';

const FRAMES = 5;
const NOW = 2;
const QUERY: Point = [3, 2];

/** A clip as frames of patches: attention goes through time at one place, then over one frame. */
export function timeSformer(): string {
  const thread = upTo(FRAMES).map((frame) => middle(frame, QUERY));
  return drawing(INK, ...upTo(FRAMES).flatMap(frame), stroke(through(thread), PAPER, 6, '1 14'));
}

function frame(index: number): string[] {
  return grid(6, 6).map((at) => {
    const same = at[0] === QUERY[0] && at[1] === QUERY[1];
    const colour = same
      ? index === NOW
        ? GOLD
        : CORAL
      : index === NOW
        ? TEAL
        : blend(SLATE, SKY, 0.15 + 0.1 * (at[0] % 2));
    return area(`${through(corners(index, at))}Z`, same || index === NOW ? colour : blend(INK, colour, 0.55));
  });
}

/** A patch, leaning as on a sheet seen from its side. */
function corners(index: number, [column, row]: Point): Point[] {
  const gap = 0.93;
  return [
    onSheet(index, [column, row]),
    onSheet(index, [column + gap, row]),
    onSheet(index, [column + gap, row + gap]),
    onSheet(index, [column, row + gap]),
  ];
}

function middle(index: number, [column, row]: Point): Point {
  return onSheet(index, [column + 0.465, row + 0.465]);
}

function onSheet(index: number, [column, row]: Point): Point {
  return [96 + index * 210 + column * 29, 138 + column * -11 + row * 66 + 16];
}
