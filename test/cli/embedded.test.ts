import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { freePort } from '../support/free-port.ts';
import { issueText } from '../support/press.ts';
import { until } from '../support/until.ts';
import { runCli, spawnCli } from './run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-cli-'));
const env = { DATA_DIR: path.join(directory, 'data'), PORT: String(await freePort()), LOG_LEVEL: 'warn' };
const file = (name: string) => path.join(directory, name);
const pressrun = (...args: string[]) => runCli(args, env);
/** What a command prints under `--json`. */
const json = async (...args: string[]) => (await pressrun(...args, '--json')).json();

beforeAll(async () => {
  await writeFile(file('letter.md'), issueText('letter', '2024-W01'));
  await writeFile(file('readers.csv'), 'email\nada@example.com\nnouser@example.com\nno address\n');
  await writeFile(file('pending.csv'), 'email,name\ncleo@example.com,Cleo\n');
});

afterAll(async () => {
  expect(await postmasters()).toEqual([]);
  await rm(directory, { recursive: true });
});

/** Servers of this directory, by the file that each keeps while it runs. */
async function postmasters(): Promise<string[]> {
  const files = await readdir(env.DATA_DIR, { recursive: true });
  return files.filter((name) => path.basename(name) === 'postmaster.pid');
}

// With nothing running, no database and no environment.
test('an issue is imported, and the sample publication is there', async () => {
  expect(await json('issue', 'import', file('letter.md'))).toMatchObject({
    issue: 'i2',
    title: 'Letter of 2024-W01',
    picks: 0,
    sections: [{ title: 'Papers', items: 1 }],
    previous: null,
    next: null,
    round_ups: [],
    warnings: [],
    already: false,
  });
  expect(await json('issue', 'import', file('letter.md'))).toMatchObject({ issue: 'i2', already: true });
  expect(await json('publication', 'list')).toMatchObject([{ slug: 'sample-letter', is_default: true }]);
  expect(await postmasters()).toEqual([]);
});

test('an export is the file again', async () => {
  const { stdout } = await pressrun('issue', 'export', 'letter');
  await writeFile(file('export.md'), stdout);
  expect(await json('issue', 'import', file('export.md'))).toMatchObject({ issue: 'i2', already: true });
  expect((await pressrun('issue', 'export', 'i2')).stdout).toBe(stdout);
});

test('a rendered letter shows its pictures from the disk, and its mail has real addresses', async () => {
  const out = file('rendered');
  expect(await json('issue', 'render', 'i1', '--out', out)).toMatchObject({ issue: 'i1' });
  const html = await readFile(path.join(out, 'issue.html'), 'utf8');
  const [, picture = ''] = /src="\.\/(assets\/[^"]+)"/.exec(html) ?? [];
  expect((await readFile(path.join(out, picture))).subarray(1, 4).toString()).toBe('PNG');
  const mail = await readFile(path.join(out, 'issue.eml'), 'utf8');
  expect(mail).toMatch(/^List-Unsubscribe: <http:\/\/localhost:\d+\/unsubscribe\/sample>\r$/m);
  expect(await readFile(path.join(out, 'web.html'), 'utf8')).toContain('"./assets/');
  expect(await readFile(path.join(out, 'issue.txt'), 'utf8')).toContain('/preferences/sample');
});

test('an import says what it did, and writes down what it refused', async () => {
  const report = await json('subscribers', 'import', file('readers.csv'), '--consent', 'at our stand');
  const refusals_file = `${file('readers.csv')}.refused.csv`;
  const numbers = { rows: 3, added: 2, updated: 0, unchanged: 0, suppressed: 0, refused: 1 };
  expect(report).toEqual({ ...numbers, refusals_file });
  expect(await readFile(refusals_file, 'utf8')).toContain('no address');
});

test('import --ask sends the confirm mails itself', async () => {
  const report = await json('subscribers', 'import', file('pending.csv'), '--ask');
  expect(report).toMatchObject({ added: 1 });
  const reader = await json('subscribers', 'show', 'cleo@example.com');
  expect(reader).toMatchObject({ status: 'pending', suppressed: null, history: [expect.anything()] });
});

test('send --test mails one address from here, and says what the server said', async () => {
  expect(await json('send', 'i2', '--test', 'eve@example.com')).toEqual({
    notice: 'n2',
    to: 'eve@example.com',
    accepted: true,
    reply: expect.stringMatching(/^250 /),
  });
  const refused = await pressrun('send', 'i2', '--test', 'nouser@example.com', '--json');
  expect(refused.json()).toMatchObject({ accepted: false, reply: expect.stringMatching(/^550 /) });
  expect(refused.status).toBe(1);
});

test('send records the send and says when it goes out', async () => {
  const { stdout, status } = await pressrun('send', 'letter');
  expect({ stdout, status }).toEqual({
    stdout: expect.stringContaining('goes out when "pressrun start" runs'),
    status: 0,
  });
  expect(await json('send', 'status', 's1')).toMatchObject({ state: 'sending', audience: 2, queued: 2 });
});

test('a second send is refused and names the first', async () => {
  const second = await pressrun('send', 'letter', '--json');
  expect(second.json()).toEqual({
    error: { code: 'already_sent', message: expect.stringContaining('s1') },
  });
  expect(second.status).toBe(2);
});

test('send --wait does the work itself', async () => {
  const waited = await pressrun('send', 'letter', '--again', '--wait', '--json');
  expect(waited.json()).toMatchObject({
    send: 's2',
    state: 'finished',
    audience: 2,
    accepted: 1,
    queued: 0,
  });
  expect(waited.status).toBe(0);
  expect(await postmasters()).toEqual([]);
});

test('a send that is cancelled is no success of --wait', async () => {
  const at = new Date(systemClock.now().getTime() + 3_600_000).toISOString();
  const waiting = spawnCli(['send', 'i1', '--at', at, '--wait', '--json'], env);
  await until('the send is scheduled', async () => (await pressrun('send', 'status', 's3')).status === 0);
  expect(await json('send', 'cancel', 's3')).toMatchObject({ state: 'cancelled', audience: 0 });
  const ended = await waiting.ended;
  expect(ended.json()).toMatchObject({ send: 's3', state: 'cancelled' });
  expect(ended.status).toBe(1);
  expect((await pressrun('send', 'cancel', 's3')).status).toBe(2);
});
