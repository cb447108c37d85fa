import type { Tx } from '../db/database.ts';
import type { NoticeId } from '../ids.ts';
import type { Confirmed } from '../subscribers/confirm.ts';
import type { ConfirmRequest } from '../subscribers/sign-up.ts';
import { insertNotice, insertNotices } from './notice-store.ts';

/** Confirm mails, in the transaction of the sign-ups that ask for them. */
export function askToConfirm(tx: Tx, requests: readonly ConfirmRequest[]): Promise<NoticeId[]> {
  return insertNotices(
    tx,
    requests.map(({ consent_id, ...reader }) => ({
      kind: 'confirm',
      unique_key: `confirm:c${consent_id}`,
      ...reader,
      params: { consent_id },
    })),
  );
}

/** The welcome, in the transaction that made the person a reader. */
export function welcome(tx: Tx, { consent_id, ...reader }: Confirmed): Promise<NoticeId | null> {
  return insertNotice(tx, { kind: 'welcome', unique_key: `welcome:c${consent_id}`, ...reader, params: {} });
}
