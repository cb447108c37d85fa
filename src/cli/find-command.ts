import { Fault } from '../result.ts';
import { commands, notInThisVersion } from './commands.ts';
import { nearest } from './nearest.ts';

export type Found =
  | { readonly kind: 'command'; readonly words: string; readonly rest: readonly string[] }
  /** A first word that needs a second one: `pressrun issue`. */
  | { readonly kind: 'group'; readonly word: string };

/**
 * The command that a line calls; two words win over one (`send status` over `send` of an issue "status").
 *
 * @throws {Fault} `unknown_command`, `not_in_this_version`
 */
export function findCommand(argv: readonly string[]): Found {
  const [first = '', second = ''] = argv;
  const pair = `${first} ${second}`;
  const later = [pair, first].find((words) => notInThisVersion.includes(words));
  if (later) throw new Fault('not_in_this_version', `"pressrun ${later}" is not in this version.`);
  if (Object.hasOwn(commands, pair)) return { kind: 'command', words: pair, rest: argv.slice(2) };
  if (Object.hasOwn(commands, first)) return { kind: 'command', words: first, rest: argv.slice(1) };
  const verbs = verbsOf(first);
  if (verbs.length === 0) throw unknownCommand(first, Object.keys(commands));
  if (second === '' || second.startsWith('-')) return { kind: 'group', word: first };
  throw unknownCommand(pair, verbs);
}

export function verbsOf(word: string): readonly string[] {
  return Object.keys(commands).filter((words) => words.startsWith(`${word} `));
}

function unknownCommand(given: string, candidates: readonly string[]): Fault {
  const meant = nearest(given, candidates);
  const hint = meant ? `did you mean "pressrun ${meant}"?` : '"pressrun --help" lists the commands.';
  return new Fault('unknown_command', `There is no command "pressrun ${given}": ${hint}`);
}
