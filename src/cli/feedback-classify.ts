import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { mark, readLabels, scoreRows } from '../feedback/bounce-mail/score.ts';
import { type UnderstoodMail, understandMail } from '../feedback/bounce-mail/understand.ts';
import { Fault } from '../result.ts';
import { type Answer, defineCommand } from './command.ts';
import { table } from './table.ts';

/** Mail servers take no larger mail, and a report stands at the top. */
const MOST_BYTES = 25 * 1024 * 1024;

export const feedbackClassify = defineCommand({
  args: ['FILE...'],
  about:
    'Says what mails mean that came back: .eml files, or directories of them. It reads and changes nothing else.',
  options: {
    score: {
      value: 'LABELS.jsonl',
      about: 'compare with labels, a line a file, and print how many are right',
    },
  },
  async run({ args, options, json }) {
    const files = (await Promise.all(args.map(mailsIn))).flat();
    if (options.score !== undefined) return score(files, options.score);
    if (!json) return { value: null, text: table(HEAD, await rowsOf(files)) };
    for (const file of files) {
      const line = JSON.stringify(answerOf(file, await understandFile(file)));
      process.stdout.write(`${line}\n`);
    }
    return null;
  },
});

async function mailsIn(name: string): Promise<readonly string[]> {
  if (!(await stat(name)).isDirectory()) return [name];
  const files = (await readdir(name)).filter((file) => file.toLowerCase().endsWith('.eml')).toSorted();
  if (files.length > 0) return files.map((file) => path.join(name, file));
  throw new Fault('no_mail', `There is no .eml file in ${name}: name another directory, or a file.`);
}

async function understandFile(name: string): Promise<UnderstoodMail> {
  const file = await open(name);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MOST_BYTES)));
    return understandMail(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function answerOf(file: string, { kind, recipients }: UnderstoodMail) {
  return {
    file,
    kind,
    recipients: recipients.map(({ address, class: replyClass, hard, status, reason }) => ({
      address,
      class: replyClass,
      hard,
      status,
      reason,
    })),
  };
}

const HEAD = ['File', 'Kind', 'Address', 'Class', 'Hard', 'Status', 'Reason'];

async function rowsOf(files: readonly string[]): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for (const file of files) {
    const { kind, recipients } = await understandFile(file);
    if (recipients.length === 0) rows.push([path.basename(file), kind, '', '', '', '', '']);
    for (const { address, class: replyClass, hard, status, reason } of recipients)
      rows.push([path.basename(file), kind, address, replyClass, hard ? 'hard' : '', status ?? '', reason]);
  }
  return rows;
}

async function score(files: readonly string[], labelsFile: string): Promise<Answer> {
  const labels = new Map(readLabels(await readFile(labelsFile, 'utf8')).map((label) => [label.file, label]));
  const marked = [];
  for (const file of files) {
    const label = labels.get(path.basename(file));
    const mail = label && mark(label, await understandFile(file));
    if (mail) marked.push(mail);
  }
  if (marked.length === 0)
    throw new Fault('no_label', `${labelsFile} has no label for these files: name those it is about.`);
  const rows = scoreRows(marked);
  const text = table(
    ['', 'Number', 'Hard or not, right', '%', 'Kind or class, same', '%'],
    rows.map(({ what, total, hard_right, same }) => [
      what,
      total,
      hard_right,
      percent(hard_right, total),
      same,
      percent(same, total),
    ]),
  );
  return { value: { rows }, text };
}

function percent(part: number, total: number): string {
  return ((100 * part) / total).toFixed(1);
}
