import type { Db } from '../src/db/database.ts';
import type { Payload } from '../src/queue/jobs.ts';
import { classifyVisits } from '../src/visits/classify-visits.ts';

export function processVisits(
  { db, stopping }: { readonly db: Db; readonly stopping: AbortSignal },
  { until }: Payload<'visits'>,
): Promise<void> {
  return classifyVisits(db, new Date(until), stopping);
}
