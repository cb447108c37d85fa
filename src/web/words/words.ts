import type { LeavingReason } from '../../db/leaving-tables.ts';

/** What the readers' pages say, in the reader's or the publication's locale. The desk speaks English. */
export interface PageWords {
  readonly email: string;
  readonly name: string;
  readonly optional: string;
  readonly language: string;
  readonly timezone: string;
  readonly subscribe: string;
  readonly promise: string;
  readonly leaveEmpty: string;
  readonly latest: string;
  readonly archive: string;
  readonly allIssues: string;
  readonly nothingSent: string;
  readonly home: string;
  readonly previous: string;
  readonly next: string;
  readonly corrected: (date: string) => string;
  readonly asSent: string;
  readonly showsAsSent: string;
  readonly newestVersion: string;
  readonly checkMail: { readonly title: string; readonly text: string };
  readonly badAddress: string;
  readonly tooQuick: string;
  readonly tooMany: { readonly title: string; readonly text: string };
  readonly confirm: {
    readonly title: string;
    readonly text: (publication: string) => string;
    readonly button: string;
    readonly done: string;
    readonly doneText: (publication: string) => string;
    readonly newest: (title: string) => string;
    readonly over: string;
    readonly overText: string;
  };
  readonly leave: {
    readonly title: (publication: string) => string;
    readonly text: string;
    readonly button: string;
    readonly done: string;
    readonly doneText: (publication: string) => string;
    readonly undo: string;
    readonly undone: string;
    readonly undoneText: (publication: string) => string;
    readonly undoAsk: (publication: string) => string;
    /** One question to those who have left. */
    readonly why: string;
    readonly reasons: Readonly<Record<LeavingReason, string>>;
    readonly ownWords: string;
    readonly send: string;
    readonly thanks: string;
    readonly thanksText: string;
  };
  readonly preferences: {
    readonly title: string;
    readonly text: (publication: string) => string;
    /** No zone of the reader's own: the publication's. */
    readonly homeTimezone: (timezone: string) => string;
    readonly timezoneHint: string;
    /** What a reader agrees to with a tick; it goes into their history, the hint below it too. */
    readonly follow: (publication: string) => string;
    readonly followHint: string;
    readonly save: string;
    readonly saved: string;
    readonly leave: string;
  };
  readonly notFound: { readonly title: string; readonly text: string };
  readonly badLink: { readonly title: string; readonly text: string };
  readonly fault: { readonly title: string; readonly text: string };
}
