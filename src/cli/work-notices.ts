import { depsOf, openMail, type Parts } from '../main.ts';
import { missingNoticeJobs } from '../notices/notice-store.ts';
import { workNotice } from '../notices/work-notice.ts';

/** Nobody else works on this embedded press, so a command that must mail does it itself. */
export async function worksAlone({ embedded }: Parts): Promise<boolean> {
  return embedded !== null && !(await embedded.startIsRunning());
}

/**
 * Sends the notices that are due, once each, where nobody else does. What a server asks to try again later
 * waits for `pressrun start`.
 */
export async function workWaitingNotices(parts: Parts, signal: AbortSignal): Promise<void> {
  if (!(await worksAlone(parts))) return;
  const mail = await openMail(parts);
  const deps = { ...depsOf(parts), outbound: mail.outbound };
  try {
    const tried = new Set<number>();
    for (;;) {
      const due = await missingNoticeJobs(deps.db);
      const next = due.filter(({ id }) => !tried.has(id));
      if (next.length === 0 || signal.aborted) return;
      for (const { id } of next) {
        tried.add(id);
        await workNotice(deps, id);
      }
    }
  } finally {
    await mail.close();
  }
}
