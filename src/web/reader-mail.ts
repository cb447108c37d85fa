import type { NoticeId } from '../ids.ts';
import { askToConfirm, welcome } from '../notices/reader-notices.ts';
import type { ConfirmParts } from '../subscribers/confirm.ts';
import type { AskToConfirm } from '../subscribers/sign-up.ts';
import { type WakeParts, wakeNotices } from './wake.ts';

/** The mails that a reader's own acts cause, as rows made in the transaction of the act. */
export interface ReaderMail {
  readonly askToConfirm: AskToConfirm;
  readonly welcome: ConfirmParts['welcome'];
}

/** Runs a change that makes mail to a reader, then, once it is committed, wakes the workers for it. */
export type MailAfter = <Value>(change: (mail: ReaderMail) => Promise<Value>) => Promise<Value>;

export function createMailAfter(parts: WakeParts): MailAfter {
  return async (change) => {
    const made: NoticeId[] = [];
    const value = await change({
      askToConfirm: async (tx, requests) => made.push(...(await askToConfirm(tx, requests))),
      async welcome(tx, reader) {
        const notice = await welcome(tx, reader);
        if (notice !== null) made.push(notice);
      },
    });
    await wakeNotices(parts, made);
    return value;
  };
}
