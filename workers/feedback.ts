import type { FeedbackDeps } from '../src/feedback/act.ts';
import { processOutcome } from '../src/feedback/process-outcome.ts';
import type { Payload } from '../src/queue/jobs.ts';

export function processFeedback(deps: FeedbackDeps, { event }: Payload<'feedback'>): Promise<void> {
  return processOutcome(deps, event);
}
