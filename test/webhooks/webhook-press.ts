import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import type { PublicationId, WebhookId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import { EVENT_TYPE_NAMES } from '../../src/webhooks/event-types.ts';
import { addWebhook } from '../../src/webhooks/webhooks.ts';
import { type WebhookDeps, workWebhook } from '../../src/webhooks/work-webhook.ts';
import { tellEditors } from '../../workers/tell-editors.ts';
import type { TestDatabase } from '../support/database.ts';
import { makePublication, makeReaders } from '../support/press.ts';

/** Webhooks at work on the test's own database; time passes by moving what is compared with it. */
export function openWebhooks({ db }: TestDatabase) {
  const deps: WebhookDeps = {
    db,
    clock: systemClock,
    log: silentLog,
    publicUrl: 'http://localhost:3000',
    tellEditors,
  };
  const never = new AbortController().signal;
  return {
    db,
    deps,
    async addTo(publication: PublicationId, url: string, events: readonly string[] = EVENT_TYPE_NAMES) {
      const { webhook, secret } = await addWebhook(db, publication, { url, events, plain_http: false });
      return { id: webhook.id, secret };
    },
    /** A publication with readers and a webhook. */
    async open(url: string, readers: number, events: readonly string[] = EVENT_TYPE_NAMES) {
      const publication = await makePublication(db);
      await makeReaders(db, publication, readers);
      const ids = await db
        .selectFrom('subscribers')
        .select('id')
        .where('publication_id', '=', publication)
        .execute();
      const webhook = await this.addTo(publication, url, events);
      return { publication, readers: ids.map(({ id }) => id), ...webhook };
    },
    work: (id: WebhookId) => workWebhook(deps, id, never),
    /** So much later: what waits may be due, leases may be over, and a webhook has failed for longer. */
    async pass(ms: number) {
      const back = (column: string) => sql`${sql.ref(column)} - ${ms} * interval '1 millisecond'`;
      await sql`update webhook_calls set due_at = ${back('due_at')}, lease_until = ${back('lease_until')}`.execute(
        db,
      );
      await sql`update webhooks set failing_since = ${back('failing_since')},
        old_secret_until = ${back('old_secret_until')}`.execute(db);
    },
    calls: (id: WebhookId) =>
      db.selectFrom('webhook_calls').selectAll().where('webhook_id', '=', id).orderBy('id').execute(),
    webhook: (id: WebhookId) =>
      db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  };
}
