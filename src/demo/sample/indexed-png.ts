import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MOST_COLOURS = 256;

/**
 * Flat art as a PNG with a palette: a third of the bytes that true colour takes, which every reader
 * of the letter downloads. `pixels` is RGBA, opaque. PNG: W3C Recommendation, third edition, section 5 and 11.2.
 */
export function indexedPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const colours = Array.from({ length: width * height }, (_, index) => colourAt(pixels, index * 4));
  const palette = commonest(colours);
  const nearest = nearestIn(palette);
  const rows = Buffer.alloc((width + 1) * height);
  for (const [index, colour] of colours.entries()) {
    // each row opens with its filter type, 0: palette indexes gain nothing from filters
    rows[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = nearest(colour);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const entries = Buffer.from(palette.flatMap(channels));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', entries),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function commonest(colours: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort(([a, many], [b, few]) => few - many || a - b);
  return byCount.slice(0, MOST_COLOURS).map(([colour]) => colour);
}

/** The index of the palette's nearest colour, remembered for each colour seen. */
function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  return (colour) => {
    const found =
      known.get(colour) ??
      palette.reduce((best, other, index) => {
        return distance(other, colour) < distance(palette[best] ?? 0, colour) ? index : best;
      }, 0);
    known.set(colour, found);
    return found;
  };
}

function distance(a: number, b: number): number {
  const [red, green, blue] = channels(a);
  const [otherRed, otherGreen, otherBlue] = channels(b);
  return (red - otherRed) ** 2 + (green - otherGreen) ** 2 + (blue - otherBlue) ** 2;
}

function colourAt(pixels: Uint8Array, offset: number): number {
  return ((pixels[offset] ?? 0) << 16) | ((pixels[offset + 1] ?? 0) << 8) | (pixels[offset + 2] ?? 0);
}

function channels(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
