import {
  CORAL,
  drawing,
  GOLD,
  INK,
  NIGHT,
  type Point,
  SKY,
  SLATE,
  stroke,
  TEAL,
  through,
  upTo,
} from './canvas.ts';

const FAMILY = [
  { a: 0.55, colour: TEAL, width: 12, lift: 126 },
  { a: 0.9, colour: SKY, width: 12, lift: 42 },
  { a: 1.5, colour: GOLD, width: 12, lift: -42 },
  { a: 2.6, colour: CORAL, width: 12, lift: -126 },
] as const;

/** x + sin²(ax)/a for several a: each climbs and never stops swinging; a ReLU below them bends once. */
export function snake(): string {
  return drawing(
    INK,
    ...upTo(11).map((index) => rule([100 + index * 100, 0], [100 + index * 100, 630])),
    ...upTo(6).map((index) => rule([0, 65 + index * 100], [1200, 65 + index * 100])),
    stroke(through([plot(-8, 0, -205), plot(0, 0, -205), plot(8, 8, -205)]), SLATE, 5, '1 14'),
    ...FAMILY.map(({ a, colour, width, lift }) => stroke(through(curve(a, lift)), colour, width)),
  );
}

function rule(from: Point, to: Point): string {
  return stroke(through([from, to]), NIGHT, 2);
}

function curve(a: number, lift: number): Point[] {
  return upTo(321).map((step) => {
    const x = -8 + step / 20;
    return plot(x, x + Math.sin(a * x) ** 2 / a, lift);
  });
}

function plot(x: number, y: number, lift: number): Point {
  return [600 + x * 92, 335 - lift - y * 40];
}
