import { DateTime } from 'luxon';
import type { SubscriberStatus } from '../db/schema.ts';
import { type Address, normalizeAddress } from '../publications/address.ts';
import { readLocale, readTimezone } from '../publications/locale.ts';
import { ok, type Result, refuse } from '../result.ts';
import { cleanName, cleanValue } from './clean-text.ts';
import type { CsvRow } from './csv-table.ts';
import { unguardFormula } from './formula-guard.ts';
import type { Columns, KnownColumn } from './import-columns.ts';

/** A row of the file as it was understood; null: the file does not say. */
export interface ImportRow extends Address {
  readonly line: number;
  readonly status: SubscriberStatus;
  readonly name: string | null;
  readonly locale: string | null;
  readonly timezone: string | null;
  readonly subscribed_at: Date | null;
  /** When they agreed that their own opens and clicks are known; heeded for new readers only. */
  readonly followed_since: Date | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Also as other tools call them in their exports. */
const STATUSES: Readonly<Record<string, SubscriberStatus>> = {
  pending: 'pending',
  unconfirmed: 'pending',
  active: 'active',
  subscribed: 'active',
  confirmed: 'active',
  unsubscribed: 'unsubscribed',
  bounced: 'bounced',
  cleaned: 'bounced',
  complained: 'complained',
};

/** A refusal is a phrase for the refusals file: "the address has no @". */
export function readImportRow(row: CsvRow, columns: Columns, consented: boolean): Result<ImportRow, string> {
  if (row.fields.length > columns.header.length) return refuse('the row has more fields than the first line');
  const cell = (column: KnownColumn) => cellAt(row, columns.known[column]);

  const address = normalizeAddress(cell('email'));
  if (!address.ok) return refuse(`the address ${address.error}`);
  const status = readStatus(cell('status'), consented);
  if (!status.ok) return status;
  const locale = optional(cell('locale'), readLocale);
  if (locale === undefined) return refuse('the locale is no language tag such as "en" or "de-AT"');
  const timezone = optional(cell('timezone'), readTimezone);
  if (timezone === undefined)
    return refuse('the timezone is not a region and a city in it, such as "Europe/Berlin"');
  const subscribed_at = optional(cell('subscribed_at'), readTime);
  if (subscribed_at === undefined) return refuse('subscribed_at is no time such as 2021-02-08T08:00:00Z');

  const followed_since = optional(cell('followed_since'), readTime);
  if (followed_since === undefined) return refuse('followed_since is no time such as 2021-02-08T08:00:00Z');

  const rest = { locale, timezone, subscribed_at, followed_since, attributes: readAttributes(row, columns) };
  return ok({
    ...address.value,
    line: row.line,
    status: status.value,
    name: cleanName(cell('name')) || null,
    ...rest,
  });
}

function readStatus(text: string, consented: boolean): Result<SubscriberStatus, string> {
  if (text === '') return ok(consented ? 'active' : 'pending');
  const status = STATUSES[text.toLowerCase()];
  if (!status) return refuse('the status is none of active, pending, unsubscribed, bounced and complained');
  if (status === 'active' && !consented)
    return refuse('the row says active, and the import names no consent (--consent TEXT)');
  return ok(status);
}

/** Without an offset it is UTC. */
function readTime(text: string): Date | null {
  const zone = { zone: 'utc' };
  const time = [DateTime.fromISO(text, zone), DateTime.fromSQL(text, zone)].find((read) => read.isValid);
  return time && time.year > 0 && time.year < 10_000 ? time.toJSDate() : null;
}

function readAttributes(row: CsvRow, columns: Columns): Record<string, string> {
  const entries = columns.attributes.map(
    ({ name, index }) => [cleanValue(name), cellAt(row, index)] as const,
  );
  return Object.fromEntries(entries.filter(([name, value]) => name !== '' && value !== ''));
}

function cellAt(row: CsvRow, index: number | null): string {
  return index === null ? '' : cleanValue(unguardFormula(row.fields[index] ?? ''));
}

/** Null for an empty cell, undefined for one that cannot be read. */
function optional<Value>(text: string, read: (text: string) => Value | null): Value | null | undefined {
  return text === '' ? null : (read(text) ?? undefined);
}
