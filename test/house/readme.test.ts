import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { commands, notInThisVersion } from '../../src/cli/commands.ts';
import { settingsTable } from '../../src/config/settings.ts';

const readme = readFileSync('README.md', 'utf8');
const map = readFileSync('src/README.md', 'utf8');

test("README's table of variables is the one that the settings make", () => {
  const [, table] = /<!-- settings -->\n([\s\S]*?)\n<!-- end of settings -->/.exec(readme) ?? [];
  expect(table).toBe(settingsTable());
});

test('every pressrun command in a page exists', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'src/README.md', 'docker-compose.yml']) {
    const text = readFileSync(page, 'utf8');
    const calls = [...text.matchAll(/(?:npx pressrun|`pressrun|run --rm web) ([a-z]+)(?: ([a-z]+))?/g)];
    for (const [call, first = '', second = ''] of calls) {
      const known = [first, `${first} ${second}`].some((words) => words in commands);
      expect(known, `${page}: ${call}`).toBe(true);
      expect(notInThisVersion).not.toContain(`${first} ${second}`.trim());
      expect(notInThisVersion).not.toContain(first);
    }
  }
});

test('every file that a page links to or shows is there', () => {
  for (const [text, base] of [
    [readme, '.'],
    [map, 'src'],
    [readFileSync('CONTRIBUTING.md', 'utf8'), '.'],
  ] as const) {
    const links = text.matchAll(/(?:\]\(|<img src=")(?!https?:|#)([^)"#]+)/g);
    const targets = [...links].map(([, target = '']) => `${base}/${target}`);
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  }
});

test('each dependency has its reason in src/README.md, and none that is gone is named there', () => {
  const named = [...map.matchAll(/^\| `([^`]+)` \| (?:run|dev) \|/gm)].map(([, name = '']) => name);
  const { dependencies, devDependencies } = z
    .object({
      dependencies: z.record(z.string(), z.string()),
      devDependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
});
