import type { Command } from './command.ts';

/**
 * Every command by its words. Each is loaded when it is called: `publication list` need not wait for
 * the letter's compiler.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  demo: async () => (await import('./demo.ts')).demo,
  web: async () => (await import('./web.ts')).web,
  worker: async () => (await import('./worker.ts')).worker,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  'publication create': async () => (await import('./publication-create.ts')).publicationCreate,
  'publication list': async () => (await import('./publication-list.ts')).publicationList,
  'publication set': async () => (await import('./publication-set.ts')).publicationSet,
  'editor add': async () => (await import('./editor-add.ts')).editorAdd,
  'issue import': async () => (await import('./issue-import.ts')).issueImport,
  'issue export': async () => (await import('./issue-export.ts')).issueExport,
  'issue list': async () => (await import('./issue-list.ts')).issueList,
  'issue ready': async () => (await import('./issue-ready.ts')).issueReady,
  'issue render': async () => (await import('./issue-render.ts')).issueRender,
  'subscribers import': async () => (await import('./subscribers-import.ts')).subscribersImport,
  'subscribers export': async () => (await import('./subscribers-export.ts')).subscribersExport,
  'subscribers show': async () => (await import('./subscribers-show.ts')).subscribersShow,
  'subscribers lift': async () => (await import('./subscribers-lift.ts')).subscribersLift,
  'subscribers forget': async () => (await import('./subscribers-forget.ts')).subscribersForget,
  send: async () => (await import('./send.ts')).send,
  'send status': async () => (await import('./send-verbs.ts')).sendStatus,
  'send pause': async () => (await import('./send-verbs.ts')).sendPause,
  'send resume': async () => (await import('./send-verbs.ts')).sendResume,
  'send cancel': async () => (await import('./send-verbs.ts')).sendCancel,
  'send retry': async () => (await import('./send-verbs.ts')).sendRetry,
  'send settle': async () => (await import('./send-verbs.ts')).sendSettle,
  'bench send': async () => (await import('./bench-send.ts')).benchSend,
  'bench import': async () => (await import('./bench-import.ts')).benchImport,
  'bench events': async () => (await import('./bench-events.ts')).benchEvents,
  'bench redirects': async () => (await import('./bench-redirects.ts')).benchRedirects,
  'feedback classify': async () => (await import('./feedback-classify.ts')).feedbackClassify,
  'feedback replay': async () => (await import('./feedback-replay.ts')).feedbackReplay,
  'webhook add': async () => (await import('./webhook-add.ts')).webhookAdd,
  'webhook list': async () => (await import('./webhook-list.ts')).webhookList,
  'webhook set': async () => (await import('./webhook-set.ts')).webhookSet,
  'webhook rotate': async () => (await import('./webhook-verbs.ts')).webhookRotate,
  'webhook test': async () => (await import('./webhook-test.ts')).webhookTest,
  'webhook log': async () => (await import('./webhook-log.ts')).webhookLog,
  'webhook resend': async () => (await import('./webhook-resend.ts')).webhookResend,
  'webhook remove': async () => (await import('./webhook-verbs.ts')).webhookRemove,
};

/** Promised for later: asking for one is answered, not guessed at. */
export const notInThisVersion: readonly string[] = ['doctor'];
