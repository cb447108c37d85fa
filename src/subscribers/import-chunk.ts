import type { Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { requestConsents } from './consent-store.ts';
import type { CsvRow } from './csv-table.ts';
import { changeProfiles, noteChanges, readersWhoLeft } from './import-changes-store.ts';
import { type Decision, decide, type Existing, hasLeft } from './import-decision.ts';
import type { ChunkCounts, GoodRow, ImportParts, ImportRequest, Refusal } from './import-request.ts';
import type { ImportRow } from './import-row.ts';
import { addReaders, existingReaders, noteSeen } from './import-store.ts';
import { moveSubscribers } from './subscriber-store.ts';
import { suppressedAmong } from './suppression-store.ts';

interface Decided {
  readonly row: ImportRow & { readonly address_hash: Buffer };
  readonly existing: Existing | undefined;
  readonly decision: Decision;
}

/** Imports rows of distinct addresses, and notes what is to change; answers also those whose address stood further up in the file. */
export async function importChunk(
  tx: Tx,
  parts: ImportParts,
  good: readonly GoodRow[],
  request: ImportRequest,
): Promise<ChunkCounts & { twice: Refusal[] }> {
  if (good.length === 0) return { added: 0, updated: 0, unchanged: 0, suppressed: 0, twice: [] };
  const { fresh, twice } = await withoutDuplicates(tx, good);
  const decided = await decideAll(tx, parts, fresh, request);
  const added = await addReaders(
    tx,
    decided.filter(({ decision }) => decision.kind === 'add').map(({ row }) => row),
    {
      publication: request.publication.id,
      locale: request.publication.locale,
      consent: request.consent ?? '',
      now: request.now,
    },
  );
  await note(tx, decided);
  if (request.ask && !request.dryRun) await ask(tx, parts, [...added, ...pendingOf(decided)], request);

  const count = (kind: Decision['kind']) => decided.filter(({ decision }) => decision.kind === kind).length;
  // who signed up since their row was read is not added a second time
  const unchanged = count('unchanged') + count('add') - added.length;
  return { added: added.length, updated: count('change'), unchanged, suppressed: count('suppressed'), twice };
}

/** The first row of an address counts, except that a later one which says that the reader left is heeded. */
async function withoutDuplicates(tx: Tx, good: readonly GoodRow[]) {
  const seen = await noteSeen(
    tx,
    good.map(({ row }) => row),
  );
  const isTwice = ({ row }: GoodRow) => seen.has(row.address_key) && !hasLeft(row.status);
  const twice = good
    .filter(isTwice)
    .map(({ source, row }) => twiceRefusal(source, seen.get(row.address_key) ?? 0));
  return { fresh: good.filter((one) => !isTwice(one)).map(({ row }) => row), twice };
}

export function twiceRefusal(row: CsvRow, earlier: number): Refusal {
  return { row, reason: `the address stands in the file already, in line ${earlier}` };
}

async function decideAll(
  tx: Tx,
  parts: ImportParts,
  rows: readonly ImportRow[],
  request: ImportRequest,
): Promise<Decided[]> {
  const hashed = rows.map((row) => ({ ...row, address_hash: parts.hashAddress(row.address_key) }));
  const readers = await existingReaders(
    tx,
    request.publication.id,
    rows.map((row) => row.address_key),
  );
  const suppressed = await suppressedAmong(
    tx,
    hashed.map((row) => row.address_hash),
  );
  return hashed.map((row) => {
    const existing = readers.get(row.address_key);
    return {
      row,
      existing,
      decision: decide(row, existing, suppressed.has(row.address_hash.toString('hex'))),
    };
  });
}

async function note(tx: Tx, decided: readonly Decided[]): Promise<void> {
  const changes = decided.flatMap(({ row, existing, decision }) =>
    existing && decision.kind === 'change' ? [{ id: existing.id, row, to: decision.to }] : [],
  );
  await noteChanges(tx, changes);
}

/** Makes the changes that all chunks have noted. */
export async function applyChanges(tx: Tx, now: Date): Promise<void> {
  await changeProfiles(tx);
  for (const to of ['unsubscribed', 'bounced', 'complained'] as const) {
    const move = { from: ['pending', 'active'], to, event: to, detail: { via: 'import' }, now } as const;
    for await (const ids of readersWhoLeft(tx, to)) await moveSubscribers(tx, ids, move);
  }
}

interface Askable {
  readonly id: SubscriberId;
  readonly email: string;
  readonly status: string;
  readonly locale: string;
}

/** Readers who are pending since before the import and stand in it again. */
function pendingOf(decided: readonly Decided[]): Askable[] {
  return decided.flatMap(({ row, existing, decision }) =>
    existing && decision.kind !== 'suppressed' && !hasLeft(row.status)
      ? [
          {
            id: existing.id,
            email: row.email,
            status: existing.status,
            locale: row.locale ?? existing.locale,
          },
        ]
      : [],
  );
}

async function ask(tx: Tx, parts: ImportParts, readers: readonly Askable[], request: ImportRequest) {
  const pending = new Map(readers.filter(({ status }) => status === 'pending').map((one) => [one.id, one]));
  const facts = { source: 'import', form_version: 'import --ask', address_prefix: null } as const;
  const consents = await requestConsents(tx, [...pending.values()], { ...facts, now: request.now });
  const requests = consents.flatMap(({ id: consent_id, subscriber_id }) => {
    const reader = pending.get(subscriber_id);
    const publication_id = request.publication.id;
    return reader
      ? [{ consent_id, subscriber_id, publication_id, email: reader.email, locale: reader.locale }]
      : [];
  });
  await parts.askToConfirm(tx, requests);
}
