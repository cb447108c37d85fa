import { MINUTE_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { receiverOf } from '../outbound/providers.ts';
import { slowDown } from '../outbound/throttle-store.ts';
import { parseReply } from '../replies/reply.ts';
import { asksForLess } from '../replies/slow-down.ts';
import type { Understood } from './act.ts';
import { EFFECTS } from './effects.ts';
import { emailsOf } from './find-mail-store.ts';

/** What was said longer ago says nothing of how much may be sent now. */
const FRESH_MS = 15 * MINUTE_MS;

/**
 * A receiver that asks a relay for less mail is sent less by us, as if it had said so to us. A reply in our own session was
 * heard when it came.
 */
export async function slowReceivers(db: Db, events: readonly Understood[], now: Date): Promise<void> {
  const asking = events.filter(({ meaning, at, reply }) => {
    if (!EFFECTS[meaning].slows || now.getTime() - at.getTime() > FRESH_MS) return false;
    const { code, enhanced } = parseReply(reply);
    return asksForLess({ code, enhanced, reply });
  });
  const emails = await emailsOf(
    db,
    asking.flatMap(({ found }) => found.readers),
  );
  const receivers = new Set([...emails.values()].map(receiverOf));
  for (const receiver of receivers) await slowDown(db, receiver);
}
