import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MjmlApart } from '../../src/rendering/mjml-apart.ts';
import { until } from '../support/until.ts';

const letter = (text: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section></mj-body></mjml>`;

/** The processes that this one started and that compile. */
function compilers(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...args]) => Number(parent) === process.pid && args.join(' ').includes('mjml-process'),
    )
    .map(([pid]) => Number(pid));
}

test('letters are compiled in another process, each asker hears of their own', async () => {
  const apart = new MjmlApart();
  const texts = ['Grüße', 'two', 'three'];
  const letters = await Promise.all(texts.map((text) => apart.compile(letter(text))));
  for (const [at, html] of letters.entries()) expect(html).toContain(texts[at]);
  expect(compilers()).toHaveLength(1);
  await expect(apart.compile('<mjml><mj-nonsense /></mjml>')).rejects.toThrow(/mj-nonsense/);
});

test('when that process is killed the letter under way fails, and the next one finds another process', async () => {
  const apart = new MjmlApart();
  const before = new Set(compilers());
  await apart.compile(letter('one'));
  const [first] = compilers().filter((pid) => !before.has(pid));
  const underWay = apart.compile(letter('two'));
  process.kill(first ?? 0, 'SIGKILL');
  await underWay.catch((error: Error) => expect(error.message).toMatch(/ended|EPIPE|closed/));
  await until('it is gone', () => !compilers().includes(first ?? 0));
  expect(await apart.compile(letter('three'))).toContain('three');
});
