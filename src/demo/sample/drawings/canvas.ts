/** What every drawing of the sample issue shares: size, colours and a handful of shapes. */
export const WIDTH = 1200;
export const HEIGHT = 630;

export const INK = '#1c2541';
export const NIGHT = '#2c3759';
export const SLATE = '#64708f';
export const SKY = '#a9c6d9';
export const PAPER = '#f4eee3';
export const SAND = '#e4dac8';
export const SAGE = '#dbe6df';
export const TEAL = '#2a8c82';
export const GOLD = '#edb445';
export const CORAL = '#e5593c';

export type Point = readonly [x: number, y: number];

/** A whole drawing on a ground of one colour. */
export function drawing(ground: string, ...shapes: readonly string[]): string {
  const size = `width="${WIDTH}" height="${HEIGHT}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="${ground}"/>${shapes.join('')}</svg>`;
}

export function disc([x, y]: Point, radius: number, fill: string): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"/>`;
}

export function ring([x, y]: Point, radius: number, stroke: string, width = 4): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}

export function tile([x, y]: Point, [width, height]: Point, fill: string, corner = 0): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${corner}" fill="${fill}"/>`;
}

export function area(outline: string, fill: string): string {
  return `<path d="${outline}" fill="${fill}"/>`;
}

export function stroke(outline: string, colour: string, width: number, dashes = 'none'): string {
  const look = `stroke="${colour}" stroke-width="${n(width)}" stroke-dasharray="${dashes}"`;
  return `<path d="${outline}" fill="none" stroke-linecap="round" stroke-linejoin="round" ${look}/>`;
}

/** An outline through points, straight from each to the next. */
export function through(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('');
}

/** 0, 1, ... count - 1 */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Every (column, row) of a grid, row by row. */
export function grid(columns: number, rows: number): Point[] {
  return upTo(rows).flatMap((row) => upTo(columns).map((column): Point => [column, row]));
}

/** The colour a `share` (0 to 1) of the way from one colour to another, both `#rrggbb`. */
export function blend(from: string, to: string, share: number): string {
  const at = (colour: string, index: number) =>
    Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16);
  const mixed = upTo(3).map((index) => Math.round(at(from, index) * (1 - share) + at(to, index) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Numbers from 0 to 1 that are the same at every run (mulberry32, Tommy Ettinger, public domain). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function n(value: number): number {
  return Math.round(value * 100) / 100;
}
