import { styleText } from 'node:util';
import { optionsOf } from './arguments.ts';
import type { Command, OptionSpecs } from './command.ts';
import { commands } from './commands.ts';

/** All commands, or those under one first word. */
export async function helpForAll(under: string | null): Promise<string> {
  const chosen = Object.entries(commands).filter(
    ([words]) => under === null || words.startsWith(`${under} `),
  );
  const rows = await Promise.all(
    chosen.map(async ([words, load]): Promise<[string, string]> => {
      const command = await load();
      return [[words, ...command.args].join(' '), command.about];
    }),
  );
  return [
    'A self-hosted newsletter press: an issue goes from a file to its readers, and replies come back.',
    '',
    ...usage(`pressrun ${under ?? 'COMMAND'} ...`),
    ...columns(rows),
    '',
    'ISSUE is the id that "issue import" prints, or a slug; SEND an id that "send" prints.',
    '"pressrun COMMAND --help" says more about one. Settings are variables of the environment: see README.md.',
  ].join('\n');
}

export function helpForOne(words: string, command: Command): string {
  const options = optionsOf(command);
  const call = [
    'pressrun',
    words,
    ...command.args,
    ...(Object.keys(options).length > 0 ? ['[options]'] : []),
  ];
  return [command.about, '', ...usage(call.join(' ')), ...columns(optionRows(options))].join('\n').trimEnd();
}

function usage(call: string): string[] {
  return [`${styleText('bold', 'Usage:')} ${call}`, ''];
}

function optionRows(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, { value, about }]) => [
    `--${name}${value ? ` ${value}` : ''}`,
    about,
  ]);
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
