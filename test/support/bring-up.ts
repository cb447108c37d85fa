import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { runCli } from '../cli/run-cli.ts';

const LETTER = `---
title: A short letter
slug: short
---

# News

## One thing happened

[The whole story](https://news.example.com/story)

It is told in two sentences. This is the second one.
`;

/** From nothing to a press with readers and an issue, "short", by commands alone. */
export async function bringUp(
  env: Record<string, string>,
  directory: string,
  readers: readonly string[],
): Promise<void> {
  const csv = path.join(directory, 'readers.csv');
  const letter = path.join(directory, 'letter.md');
  await writeFile(
    csv,
    `email,name\n${readers.map((email, index) => `${email},Reader ${index}`).join('\n')}\n`,
  );
  await writeFile(letter, LETTER);
  await call(['migrate'], env);
  const publication = ['weekly', '--name', 'Weekly', '--from', 'weekly@example.com'];
  const postal = 'The Weekly, 1 Example Street, 12345 Example Town';
  await call(['publication', 'create', ...publication, '--postal', postal], env);
  const report = await call(['subscribers', 'import', csv, '--consent', 'asked at our stand'], env);
  const { added } = z.object({ added: z.number() }).parse(report);
  if (added !== readers.length) throw new Error(`${added} of ${readers.length} readers were imported`);
  await call(['issue', 'import', letter], env);
}

/** Runs a command to its end and reads what `--json` prints; a status but 0 is a failure. */
export async function call(args: readonly string[], env: Record<string, string>): Promise<unknown> {
  const { status, stdout, stderr, json } = await runCli([...args, '--json'], env);
  if (status !== 0) throw new Error(`pressrun ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return json();
}
