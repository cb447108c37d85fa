import type { DueDeps } from '../src/delivery/freeze-due-send.ts';
import { runSlot } from '../src/delivery/run-slot.ts';
import type { Payload } from '../src/queue/jobs.ts';

export function processSlot(deps: DueDeps, { publication, slot_at }: Payload<'slot'>): Promise<void> {
  return runSlot(deps, { publication, slot_at: new Date(slot_at) });
}
