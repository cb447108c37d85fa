import type { Fault } from '../result.ts';

/** What the fault says is not there, as against what somebody must mend. */
export function isMissing(fault: Fault): boolean {
  return fault.code.startsWith('unknown_') || fault.code === 'no_publication' || fault.code === 'bad_id';
}
