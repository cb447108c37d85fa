import { Fault } from '../result.ts';

/** Columns that mean something here; any other one is an attribute. */
export const KNOWN_COLUMNS = [
  ...(['email', 'name', 'status', 'locale', 'timezone', 'subscribed_at'] as const),
  'followed_since',
] as const;
export type KnownColumn = (typeof KNOWN_COLUMNS)[number];

/** What other tools and people call them, without spaces, hyphens and underscores. */
const SYNONYMS: Readonly<Record<KnownColumn, readonly string[]>> = {
  email: ['email', 'emailaddress', 'mail', 'mailaddress', 'emailadresse', 'correo', 'courriel', '邮箱'],
  name: ['name', 'fullname', 'displayname', 'subscribername'],
  status: ['status', 'subscriptionstatus', 'subscriberstatus'],
  locale: ['locale', 'language', 'lang', 'preferredlanguage'],
  timezone: ['timezone', 'tz', 'timezonename'],
  subscribed_at: [
    'subscribedat',
    'subscribedon',
    'subscribed',
    'signupdate',
    'optintime',
    'optindate',
    'confirmtime',
  ],
  // a consent has no synonym: only this press's own export says when it was given
  followed_since: ['followedsince'],
};

export interface Columns {
  readonly header: readonly string[];
  readonly known: Readonly<Record<KnownColumn, number | null>>;
  readonly attributes: readonly { readonly name: string; readonly index: number }[];
}

/** @throws {Fault} `bad_csv` without a column of addresses, or where two columns mean the same. */
export function readColumns(header: readonly string[]): Columns {
  const names = header.map((cell, index) => cell.trim() || `column ${index + 1}`);
  const meanings = names.map(meaningOf);
  requireDistinct(names, meanings);
  const indexOf = (column: KnownColumn) => {
    const index = meanings.indexOf(column);
    return index < 0 ? null : index;
  };
  const known = Object.fromEntries(
    KNOWN_COLUMNS.map((column) => [column, indexOf(column)]),
  ) as Columns['known'];
  if (known.email === null) {
    const there = names.join(', ').replace(/\p{C}/gu, '?').slice(0, 200);
    throw new Fault('bad_csv', `The file has no column "email"; its first line reads: ${there}.`);
  }
  const attributes = names
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => meanings[index] === null);
  return { header, known, attributes };
}

function meaningOf(name: string): KnownColumn | null {
  const plain = name.toLowerCase().replace(/[\s_-]+/g, '');
  return KNOWN_COLUMNS.find((column) => SYNONYMS[column].includes(plain)) ?? null;
}

function requireDistinct(names: readonly string[], meanings: readonly (KnownColumn | null)[]): void {
  const keys = names.map((name, index) => meanings[index] ?? name);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice < 0) return;
  const first = names[keys.indexOf(keys[twice] ?? '')];
  throw new Fault(
    'bad_csv',
    `Two columns of the file mean the same, "${first}" and "${names[twice]}": leave one of them out.`,
  );
}
