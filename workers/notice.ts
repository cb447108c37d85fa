import { type NoticeDeps, workNotice } from '../src/notices/work-notice.ts';
import type { Payload } from '../src/queue/jobs.ts';

export async function processNotice(deps: NoticeDeps, { notice }: Payload<'notice'>): Promise<void> {
  await workNotice(deps, notice);
}
