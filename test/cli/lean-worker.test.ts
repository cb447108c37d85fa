import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { LEAN_NODE } from '../../src/cli/lean-node.ts';

const PRESSRUN = path.resolve(import.meta.dirname, '../../src/pressrun.js');
/** Says how Node was started, in a process that is about to refuse to be a worker without settings. */
const TELL = `data:text/javascript,console.log(JSON.stringify({
  pid: process.pid, options: process.execArgv, arenas: process.env.MALLOC_ARENA_MAX ?? null }))`;

async function startsOf(...args: string[]) {
  const options = [`--import=${TELL.replace(/\s+/g, ' ')}`];
  const child = spawn(process.execPath, [...options, PRESSRUN, ...args], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const said = await text(child.stdout);
  await ended;
  const starts = said.split('\n').filter((line) => line.startsWith('{'));
  return starts.map((line) => ({ ...JSON.parse(line), isFirst: JSON.parse(line).pid === child.pid }));
}

test.skipIf(process.platform === 'win32')(
  'a worker takes its own place as one with a small heap',
  async () => {
    const [first, second, ...more] = await startsOf('worker');
    expect(more).toEqual([]);
    expect(first).toMatchObject({ isFirst: true, arenas: null });
    expect(second).toMatchObject({ isFirst: true, arenas: LEAN_NODE.env.MALLOC_ARENA_MAX });
    expect(second.options).toEqual(expect.arrayContaining([...LEAN_NODE.options]));
  },
);

test('any other command stays as it was started', async () => {
  expect(await startsOf('web')).toHaveLength(1);
});
