import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FORBIDDEN_NAMES = /(^|\/)(index|utils|types|services|helpers)\.ts$/;
const files = globSync('{src,workers}/**/*.ts');

test('no file is longer than 300 lines', () => {
  expect(files.length).toBeGreaterThan(0);
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});

test('no barrels, and no drawers for what has no place', () => {
  expect(files.filter((file) => FORBIDDEN_NAMES.test(file))).toEqual([]);
});

test('only clock.ts asks the machine for the time', () => {
  const asking = files.filter((file) => /new Date\(\)|Date\.now\(\)/.test(readFileSync(file, 'utf8')));
  expect(asking.filter((file) => file !== 'src/clock.ts')).toEqual([]);
});

/** Hands the environment on to the process that takes its place. */
const HANDS_ON = 'src/cli/lean-node.ts';

test('the environment is read in main.ts alone, but for the PATH that a child process needs', () => {
  const reading = files.filter((file) => /process\.env(?!\.PATH\b)/.test(readFileSync(file, 'utf8')));
  expect(reading.filter((file) => file !== 'src/main.ts' && file !== HANDS_ON)).toEqual([]);
});
