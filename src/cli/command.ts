/** An option of a command; `value` is what the help shows in its place, its absence makes a switch. */
export interface OptionSpec {
  readonly value?: string;
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly value: string }
    ? string | undefined
    : boolean;
};

/**
 * What a command has to say: `value` is printed under `--json`, `text` otherwise. Null where the command
 * printed by itself (a stream, a process that ran until it was told to stop).
 */
export type Answer = { readonly value: unknown; readonly text: string; readonly status?: 0 | 1 } | null;

export interface Call<Specs extends OptionSpecs> {
  /** As many as the command names, in its order; more where the last name ends in "...". */
  readonly args: readonly string[];
  readonly options: OptionValues<Specs>;
  readonly json: boolean;
}

interface CommandSpec<Specs extends OptionSpecs> {
  /** Names in capitals of what must follow the command's words; "FILE..." takes one or more. */
  readonly args: readonly string[];
  readonly about: string;
  readonly options: Specs;
  /** False for what runs until it is stopped: it has no answer to print. */
  readonly answers?: false;
  run(call: Call<Specs>): Promise<Answer>;
}

/** A command whose option types are known to itself alone. */
export type Command = CommandSpec<OptionSpecs>;

export function defineCommand<const Specs extends OptionSpecs>(spec: CommandSpec<Specs>): Command {
  // sound: parseCall gives each option of the spec the type that the spec asks for
  return spec as unknown as Command;
}

/** Which publication a command means; an option of every command that works inside of one. */
export const publicationOption = {
  publication: { value: 'SLUG', about: 'another publication than the default' },
} as const;
