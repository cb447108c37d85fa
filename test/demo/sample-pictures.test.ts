import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drawAll } from '../../src/demo/sample/draw.ts';

const directory = new URL('../../src/demo/sample/pictures/', import.meta.url);
const drawn = drawAll();

test('the sample issues have the pictures that the script draws, and no others', async () => {
  expect((await readdir(directory)).sort()).toEqual([...drawn.keys()].sort());
  for (const [name, bytes] of drawn) {
    expect((await readFile(new URL(name, directory))).equals(bytes), name).toBe(true);
  }
});

test('a picture is a PNG of 1200 by 630 pixels and weighs less than 60 kB', () => {
  for (const [name, bytes] of drawn) {
    expect(bytes.subarray(1, 4).toString('latin1'), name).toBe('PNG');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], name).toEqual([1200, 630]);
    expect(bytes.length, name).toBeLessThan(60_000);
  }
});
