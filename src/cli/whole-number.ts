import { Fault } from '../result.ts';

/**
 * The number that an option gives.
 *
 * @throws {Fault} `bad_number`
 */
export function wholeNumber(name: string, text: string | undefined, otherwise: number, least = 1): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new Fault('bad_number', `--${name} must be a whole number from ${least}, not "${text}".`);
}
