import {
  blend,
  CORAL,
  disc,
  drawing,
  GOLD,
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

const SIDE = 196;
/** Left edge of each panel, and into how many squares a side it is cut; the last one is drawn smooth. */
const PANELS = [
  { left: 52, cells: 4 },
  { left: 277, cells: 7 },
  { left: 502, cells: 14 },
  { left: 727, cells: 28 },
  { left: 952, cells: 196 },
] as const;

/** One picture along a solver's path: coarse as its initial value, sharp where the integration ends. */
export function ode(): string {
  const path = through(upTo(121).map((step) => onPath(step * 10)));
  return drawing(
    PAPER,
    stroke(path, SAND, 26),
    stroke(path, INK, 4, '1 14'),
    ...PANELS.map(({ left, cells }) => panel(left, cells)),
  );
}

/** Where the solution stands at x: slow, quick, slow again. */
function onPath(x: number): Point {
  return [x, 590 - 250 / (1 + Math.exp(-(x - 600) / 170))];
}

function panel(left: number, cells: number): string {
  const [x, y] = onPath(left + SIDE / 2);
  const corner: Point = [left, y - 46 - SIDE];
  const frame = tile([corner[0] - 8, corner[1] - 8], [SIDE + 16, SIDE + 16], '#ffffff', 12);
  return frame + scene(corner, cells) + disc([x, y], 16, CORAL) + ring([x, y], 16, PAPER, 5);
}

/** Hills under a sun, each of `cells` by `cells` squares in the mean colour of what it covers. */
function scene([x, y]: Point, cells: number): string {
  const size = SIDE / cells;
  const rows = upTo(cells).flatMap((row) =>
    runs(upTo(cells).map((column) => meanColour(column / cells, row / cells, 1 / cells))).map(
      ({ from, length, colour }) => tile([x + from * size, y + row * size], [length * size, size], colour),
    ),
  );
  return `<g shape-rendering="crispEdges">${rows.join('')}</g>`;
}

/** Neighbours of one colour as one piece. */
function runs(colours: readonly string[]): { from: number; length: number; colour: string }[] {
  const pieces: { from: number; length: number; colour: string }[] = [];
  for (const [from, colour] of colours.entries()) {
    const last = pieces.at(-1);
    if (last?.colour === colour) last.length += 1;
    else pieces.push({ from, length: 1, colour });
  }
  return pieces;
}

const SAMPLES = 4;

function meanColour(x: number, y: number, size: number): string {
  const spots = upTo(SAMPLES * SAMPLES).map((index) =>
    colourAt(
      x + (((index % SAMPLES) + 0.5) / SAMPLES) * size,
      y + ((Math.floor(index / SAMPLES) + 0.5) / SAMPLES) * size,
    ),
  );
  return spots.reduce((mean, colour, index) => blend(mean, colour, 1 / (index + 1)));
}

function colourAt(x: number, y: number): string {
  if (y > 0.78 + 0.06 * Math.sin(7 * x)) return INK;
  if (y > 0.62 + 0.16 * Math.sin(4.2 * x + 2.4)) return TEAL;
  if (Math.hypot(x - 0.66, y - 0.28) < 0.15) return CORAL;
  return y > 0.54 ? GOLD : SKY;
}
