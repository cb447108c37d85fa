import { type BatchDeps, workBatch } from '../src/delivery/work-batch.ts';
import type { Payload } from '../src/queue/jobs.ts';

export function processBatch(deps: BatchDeps, { send, batch }: Payload<'batch'>): Promise<void> {
  return workBatch(deps, send, batch);
}
