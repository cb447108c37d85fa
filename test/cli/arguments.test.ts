import { expect, test } from 'vitest';
import { parseCall } from '../../src/cli/arguments.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { findCommand } from '../../src/cli/find-command.ts';

const command = defineCommand({
  args: ['FILE'],
  about: 'Reads a file.',
  options: { consent: { value: 'TEXT', about: 'their consent' }, 'dry-run': { about: 'changes nothing' } },
  run: async () => null,
});

const parse = (...argv: string[]) => parseCall('subscribers import', command, argv);

test('arguments and options may come in any order', () => {
  expect(parse('--consent', 'at our stand', 'a.csv', '--dry-run', '--json')).toEqual({
    args: ['a.csv'],
    options: { consent: 'at our stand', 'dry-run': true, json: true },
    json: true,
  });
});

test('an option that is left out is absent, a switch is off', () => {
  expect(parse('a.csv').options).toEqual({ consent: undefined, 'dry-run': false, json: false });
});

test('what follows -- is an argument, whatever it looks like', () => {
  expect(parse('--', '--consent').args).toEqual(['--consent']);
});

test.for([
  ['unknown_option', ['a.csv', '--concent', 'x'], 'did you mean --consent?'],
  ['unknown_option', ['a.csv', '-x'], 'subscribers import --help'],
  ['missing_value', ['a.csv', '--consent'], '--consent TEXT'],
  ['missing_value', ['a.csv', '--consent', '--dry-run'], '--consent TEXT'],
  ['unexpected_value', ['a.csv', '--dry-run=yes'], 'takes no value'],
  ['missing_argument', [], 'pressrun subscribers import FILE'],
  ['too_many_arguments', ['a.csv', 'b.csv'], '"b.csv"'],
] as const)('a wrong call (%s, %j) says what to do', ([code, argv, words]) => {
  expect(() => parse(...argv)).toThrow(
    expect.objectContaining({ code, kind: 'usage', message: expect.stringContaining(words) }),
  );
});

test('two words win over one', () => {
  expect(findCommand(['send', 'status', 's1'])).toEqual({
    kind: 'command',
    words: 'send status',
    rest: ['s1'],
  });
  expect(findCommand(['send', 'i1'])).toEqual({ kind: 'command', words: 'send', rest: ['i1'] });
});

test.for([
  ['unknown_command', ['strat'], 'pressrun start'],
  ['unknown_command', ['issue', 'improt'], 'pressrun issue import'],
  ['unknown_command', ['constructor'], 'pressrun --help'],
  ['not_in_this_version', ['doctor'], 'not in this version'],
] as const)('a command that is not there (%s, %j) is answered with a hint', ([code, argv, words]) => {
  expect(() => findCommand(argv)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});
