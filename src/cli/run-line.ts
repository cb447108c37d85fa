import { readFile } from 'node:fs/promises';
import { Fault } from '../result.ts';
import { parseCall } from './arguments.ts';
import type { Answer } from './command.ts';
import { commands } from './commands.ts';
import { findCommand } from './find-command.ts';
import { helpForAll, helpForOne } from './help.ts';
import { faultOf } from './system-faults.ts';

/** Does what one line asks for and prints the answer; the exit status is 0, 1 or 2 (README, "Commands"). */
export async function runLine(argv: readonly string[]): Promise<number> {
  try {
    return await answerLine(argv);
  } catch (error) {
    return printError(error instanceof Fault ? error : await namedFault(error), argv.includes('--json'));
  }
}

/** Loads the composition only now: help and a wrong call need no database driver. */
async function namedFault(error: unknown): Promise<unknown> {
  const { describeSurroundings } = await import('../main.ts');
  return faultOf(error, describeSurroundings()) ?? error;
}

async function answerLine(argv: readonly string[]): Promise<number> {
  const asksForHelp = argv.some((word) => word === '--help' || word === '-h');
  const line = argv.filter((word) => word !== '--help' && word !== '-h');
  if (line.length === 0 || line[0] === 'help')
    return printHelp(await helpForAll(null), asksForHelp || line.length > 0);
  if (argv.includes('--version')) return printHelp(await versionOf(), true);
  const found = findCommand(line);
  if (found.kind === 'group') return printHelp(await helpForAll(found.word), asksForHelp);
  const command = await commands[found.words]?.();
  if (!command) throw new Error(`no command is called ${found.words}`);
  if (asksForHelp) return printHelp(helpForOne(found.words, command), true);
  const call = parseCall(found.words, command, found.rest);
  return printAnswer(await command.run(call), call.json);
}

async function versionOf(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}

/** Asked for, help is the answer; shown because the call says too little, it is the error. */
function printHelp(text: string, asked: boolean): number {
  (asked ? process.stdout : process.stderr).write(`${text}\n`);
  return asked ? 0 : 2;
}

function printAnswer(answer: Answer, json: boolean): number {
  if (answer === null) return 0;
  if (json) process.stdout.write(`${JSON.stringify(answer.value)}\n`);
  else if (answer.text !== '') process.stdout.write(`${answer.text}\n`);
  return answer.status ?? 0;
}

function printError(error: unknown, json: boolean): number {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
  const fault = error instanceof Fault ? error : null;
  const code = fault?.code ?? 'unforeseen';
  const message =
    fault?.message ?? `An unforeseen fault: ${error instanceof Error ? error.message : String(error)}`;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`pressrun: ${message}\n`);
  // nobody foresaw it: whoever reports it needs the place
  if (!fault && error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  return fault?.kind === 'usage' ? 2 : 1;
}
