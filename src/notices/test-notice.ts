import { randomUUID } from 'node:crypto';
import type { Db } from '../db/database.ts';
import type { IssueId, NoticeId } from '../ids.ts';
import { normalizeAddress } from '../publications/address.ts';
import type { Publication } from '../publications/publication.ts';
import { Fault } from '../result.ts';
import { insertNotice } from './notice-store.ts';

/**
 * The issue as it is now, to one address; each call is a cause of its own.
 *
 * @throws {Fault} `bad_address`
 */
export async function sendTest(
  db: Db,
  publication: Publication,
  test: { readonly issue_id: IssueId; readonly email: string; readonly locale?: string },
): Promise<{ readonly id: NoticeId; readonly email: string }> {
  const address = normalizeAddress(test.email);
  if (!address.ok) throw new Fault('bad_address', `The address "${test.email}" ${address.error}.`);
  const locale = test.locale ?? publication.locale;
  const { email } = address.value;
  const id = await db.transaction().execute((tx) =>
    insertNotice(tx, {
      kind: 'test',
      publication_id: publication.id,
      unique_key: `test:${randomUUID()}`,
      email,
      locale,
      params: { issue_id: test.issue_id, locale },
    }),
  );
  if (id === null) throw new Error('a random key was there already');
  return { id, email };
}
