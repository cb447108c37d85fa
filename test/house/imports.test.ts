import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** A line is a level: imports go down only, and names on one level do not know each other. */
const LEVELS = `
  src/pressrun
  src/cli
  src/demo src/bench src/doctor
  src/main
  workers src/web src/embedded
  src/feedback src/visits src/webhooks src/archive
  src/delivery src/notices
  src/issues
  src/subscribers
  src/publications
  src/rendering src/outbound
  src/db src/queue src/mail
  src/document src/replies
  src/config src/tokens src/log
  src/ids
  src/clock src/result`;
const levels = LEVELS.trim()
  .split('\n')
  .map((line) => line.trim().split(' '));

/** 'src/db' of 'src/db/schema.ts', 'src/ids' of 'src/ids.ts', 'workers' of everything in there. */
const moduleOf = (file: string) => /^(workers|src\/[^/.]+)/.exec(file)?.[1] ?? file;
const levelOf = (name: string) => levels.findIndex((names) => names.includes(name));

const imports = globSync('{src,workers}/**/*.{ts,js}').flatMap((file) => {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import|import\() ?'(\.[^']+)'/g);
  return [...found].map(([, target = '']) => ({
    file,
    target: path.normalize(path.join(path.dirname(file), target)),
  }));
});

test('every file belongs to a module that the map knows', () => {
  const files = [...globSync('{src,workers}/**/*.{ts,js}'), ...imports.map(({ target }) => target)];
  expect(files.length).toBeGreaterThan(50);
  const assets = /^src\/web\/assets\//;
  expect(files.filter((file) => !assets.test(file) && levelOf(moduleOf(file)) === -1)).toEqual([]);
});

test('imports go down only, never sideways', () => {
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [moduleOf(file), moduleOf(target)];
    return from !== to && levelOf(to) <= levelOf(from);
  });
  expect(wrong).toEqual([]);
});
