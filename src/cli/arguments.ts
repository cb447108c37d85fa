import { parseArgs } from 'node:util';
import { Fault } from '../result.ts';
import type { Call, Command, OptionSpecs } from './command.ts';
import { nearest } from './nearest.ts';

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** Options of every command that answers. */
const COMMON: OptionSpecs = { json: { about: 'print one JSON value' } };

export function optionsOf(command: Command): OptionSpecs {
  return command.answers === false ? command.options : { ...command.options, ...COMMON };
}

/**
 * Reads what follows a command's words.
 *
 * @throws {Fault} `unknown_option`, `missing_value`, `missing_argument`, `too_many_arguments`
 */
export function parseCall(words: string, command: Command, argv: readonly string[]): Call<OptionSpecs> {
  const specs = optionsOf(command);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { value }]) => [
        name,
        { type: value ? 'string' : 'boolean' } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string | boolean>();
  for (const token of tokens)
    if (token.kind === 'option') given.set(token.name, readOption(words, specs, token));
  const args = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  requireArguments(words, command.args, args);
  const values = Object.entries(specs).map(([name, { value }]) => [
    name,
    given.get(name) ?? (value ? undefined : false),
  ]);
  return { args, options: Object.fromEntries(values), json: given.get('json') === true };
}

function readOption(words: string, specs: OptionSpecs, token: OptionToken): string | boolean {
  const spec = specs[token.name];
  if (!spec || !token.rawName.startsWith('--')) throw unknownOption(words, specs, token.rawName);
  if (!spec.value) {
    if (token.value === undefined) return true;
    throw new Fault('unexpected_value', `--${token.name} takes no value.`);
  }
  const looksLikeOption = !token.inlineValue && /^--?[a-z]/.test(token.value ?? '');
  if (token.value === undefined || looksLikeOption) {
    throw new Fault('missing_value', `--${token.name} needs a value: --${token.name} ${spec.value}.`);
  }
  return token.value;
}

function unknownOption(words: string, specs: OptionSpecs, rawName: string): Fault {
  const meant = nearest(
    rawName,
    Object.keys(specs).map((name) => `--${name}`),
  );
  const hint = meant
    ? `did you mean ${meant}?`
    : `"pressrun ${words} --help" lists the options that there are.`;
  return new Fault('unknown_option', `"pressrun ${words}" has no option ${rawName}: ${hint}`);
}

function requireArguments(words: string, wanted: readonly string[], given: readonly string[]): void {
  const missing = wanted.slice(given.length);
  if (missing.length > 0) {
    const call = ['pressrun', words, ...wanted].join(' ');
    throw new Fault('missing_argument', `${missing.join(' and ')} is missing: ${call}.`);
  }
  const [extra] = given.slice(wanted.length);
  if (extra !== undefined && !wanted.at(-1)?.endsWith('...')) {
    throw new Fault('too_many_arguments', `"pressrun ${words}" does not know what to do with "${extra}".`);
  }
}
