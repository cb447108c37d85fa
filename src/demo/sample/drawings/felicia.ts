import {
  CORAL,
  chance,
  disc,
  drawing,
  GOLD,
  INK,
  PAPER,
  type Point,
  ring,
  SAGE,
  SLATE,
  stroke,
  TEAL,
  through,
  upTo,
} from './canvas.ts';

const COLOURS = [CORAL, GOLD, TEAL, INK] as const;
const CENTRE: Point = [600, 315];
/** A turn that spreads points evenly over a disc (Vogel 1979, "A better way to construct the sunflower head"). */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Each holder of data sees mostly one kind; what they make together, through one adversary, is balanced. */
export function felicia(): string {
  const random = chance(7235);
  const homes: readonly Point[] = [
    [190, 175],
    [190, 455],
    [1010, 175],
    [1010, 455],
  ];
  const links = homes.map((home) => stroke(through([home, CENTRE]), SLATE, 4, '1 13'));
  const holders = homes.flatMap((home, index) => [
    disc(home, 116, PAPER),
    ...sunflower(home, 36, 16).map((at) =>
      disc(at, 9.5, random() < 0.8 ? colour(index) : colour(3 * random() + index)),
    ),
  ]);
  const together = sunflower(CENTRE, 120, 16.5).map((at, index) =>
    disc(at, 9.5, colour(index * 7 + (index >> 2))),
  );
  return drawing(
    SAGE,
    ...links,
    ...holders,
    disc(CENTRE, 205, PAPER),
    ring(CENTRE, 222, CORAL, 6),
    ...together,
  );
}

function colour(index: number): string {
  return COLOURS[Math.floor(index) % COLOURS.length] ?? INK;
}

function sunflower([x, y]: Point, count: number, spread: number): Point[] {
  return upTo(count).map((index) => {
    const radius = spread * Math.sqrt(index + 0.6);
    return [x + radius * Math.cos(index * GOLDEN_ANGLE), y + radius * Math.sin(index * GOLDEN_ANGLE)];
  });
}
