import type { Tx } from '../db/database.ts';
import { eraseFromRawEvents } from '../feedback/raw-event-store.ts';
import type { SubscriberId } from '../ids.ts';
import { depsOf } from '../main.ts';
import { eraseNotices } from '../notices/notice-store.ts';
import { forget } from '../subscribers/forget.ts';
import { forgetVisitsOf } from '../visits/visit-store.ts';
import { defineCommand } from './command.ts';
import { withParts } from './with-parts.ts';

export const subscribersForget = defineCommand({
  args: ['EMAIL'],
  about: 'Erases a person from every publication; what stays is a hash, so that no import brings them back.',
  options: {},
  run: ({ args: [email = ''] }) =>
    withParts(async (parts) => {
      const { db, clock } = depsOf(parts);
      const { readers } = await forget(db, email, { eraseElsewhere, now: clock.now() });
      const where = readers === 1 ? 'one publication' : `${readers} publications`;
      return {
        value: { publications: readers },
        text: `Erased from ${where}; a hash of the address keeps it from being mailed again.`,
      };
    }),
});

async function eraseElsewhere(tx: Tx, addressKey: string, readers: readonly SubscriberId[]): Promise<void> {
  await eraseNotices(tx, addressKey);
  await eraseFromRawEvents(tx, addressKey);
  await forgetVisitsOf(tx, readers);
}
