import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const MAILS = path.join(import.meta.dirname, '../feedback/mails');
const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-classify-'));

afterAll(() => rm(directory, { recursive: true }));

test('each mail is one line of JSON, in the form of the contract', async () => {
  const file = path.join(MAILS, 'qmail.eml');
  const { status, stdout } = await runCli([
    'feedback',
    'classify',
    file,
    path.join(MAILS, 'advert.eml'),
    '--json',
  ]);
  const [first, second, ...rest] = stdout.trimEnd().split('\n');
  expect({ status, rest }).toEqual({ status: 0, rest: [] });
  expect(JSON.parse(first ?? '')).toEqual({
    file,
    kind: 'bounce',
    recipients: [
      {
        address: 'reader@b.example',
        class: 'address-gone',
        hard: true,
        status: null,
        reason: 'user unknown',
      },
      {
        address: 'slow@c.example',
        class: 'temporary',
        hard: false,
        status: '4.4.1',
        reason: 'expired in the queue',
      },
    ],
  });
  expect(JSON.parse(second ?? '')).toMatchObject({ kind: 'other', recipients: [] });
});

test('a directory stands for the .eml files in it, and people get a table', async () => {
  const { status, stdout } = await runCli(['feedback', 'classify', MAILS]);
  expect(status).toBe(0);
  expect(stdout).toContain('arf-abuse.eml\tcomplaint\treader@b.example');
  expect(stdout).toContain('yahoo.eml\tbounce\treader@b.example\tmailbox-full\t\t5.2.2\tmailbox full\n');
});

test('labels give a score', async () => {
  const labels = path.join(directory, 'labels.jsonl');
  await writeFile(
    labels,
    '{"file": "yahoo.eml", "recipients": [{"reason": "mailboxfull", "hard": false}]}\n',
  );
  const { json } = await runCli(['feedback', 'classify', MAILS, '--score', labels, '--json']);
  expect(json()).toEqual({
    rows: [
      { what: 'mails: bounce', total: 1, hard_right: 1, same: 1 },
      { what: 'recipients: mailbox-full', total: 1, hard_right: 1, same: 1 },
      { what: 'all mails', total: 1, hard_right: 1, same: 1 },
    ],
  });
});

test.each([
  ['no file', [], /FILE\.\.\. is missing/],
  ['a file that is not there', ['/nowhere.eml'], /There is no file/],
  ['a directory without mail', [directory], /There is no \.eml file/],
  [
    'labels about other files',
    [MAILS, '--score', path.join(directory, 'none.jsonl')],
    /has no label for these/,
  ],
])('a call that cannot work says what to do: %s', async (_name, args, words) => {
  await writeFile(path.join(directory, 'none.jsonl'), '');
  const { status, stderr } = await runCli(['feedback', 'classify', ...args]);
  expect(stderr).toMatch(words);
  expect(status).toBe(2);
});
