import { Fault } from '../result.ts';

/**
 * The time that --since gives.
 *
 * @throws {Fault} `bad_time`
 */
export function readSince(text: string): Date {
  const ms = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(ms)) return new Date(ms);
  throw new Fault('bad_time', `"${text}" is no time: --since takes one such as 2026-11-23T18:00:00Z.`);
}
