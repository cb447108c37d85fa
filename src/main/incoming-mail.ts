import { startBounceListener } from '../feedback/bounce-listener.ts';
import { Inbox } from '../feedback/inbox.ts';
import { startMailboxReader } from '../feedback/mailbox-reader.ts';
import type { Parts, Roles, Running } from '../main.ts';
import type { Queues } from '../queue/queues.ts';
import { wakeInbox } from '../web/wake.ts';

/** The ways by which mail comes back: a port among the pages, a mailbox among the workers, or neither. */
export async function openIncomingMail(parts: Parts, queues: Queues, roles: Roles): Promise<Running[]> {
  const { config, bounces, database, log } = parts;
  const { host, bounceSmtpPort: port, bounceMailbox: mailbox, limits } = config;
  const { db } = database;
  const inbox = new Inbox({ db, wake: (raw_event) => wakeInbox({ queues, log }, raw_event) });
  const opened: Running[] = [];
  if (roles.web && port !== null && bounces !== null)
    opened.push(await startBounceListener({ inbox, bounces, host, port, log }));
  if (roles.workers && mailbox !== null)
    opened.push(startMailboxReader({ mailbox, db, inbox, log, leaseMs: limits.leaseMs }));
  return opened;
}
