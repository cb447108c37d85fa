import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../config.ts';
import { importIssue } from '../issues/import-issue.ts';
import type { Issue } from '../issues/issue-store.ts';
import { openParts, openQueuesOf, type Parts } from '../main.ts';
import { createPublication } from '../publications/edit-publications.ts';
import type { Publication } from '../publications/publication.ts';
import type { Queues } from '../queue/queues.ts';
import { LETTERS_URL, letterOf, type SampleLetter } from './bench-letter.ts';
import type { SendBench, Tell } from './bench-request.ts';
import { backendPid, insertReaders } from './bench-store.ts';
import { parentOf } from './process-cost.ts';

/** A press in a directory of its own, with readers and an issue, that only lacks a worker. */
export interface BenchPress {
  readonly parts: Parts;
  readonly queues: Queues;
  readonly publication: Publication;
  readonly issue: Issue;
  readonly sample: SampleLetter;
  /** The Postgres that all its processes share; null where it cannot be known. */
  readonly postmaster: number | null;
  /** Of the key that signs; null: letters go out unsigned. */
  readonly dkimKey: string | null;
  /** For a worker. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const DKIM_DOMAIN = 'example.test';
export const DKIM_SELECTOR = 'bench';

/** Whatever the environment says is left unread: readers who do not exist must not reach a real database or server. */
export async function openBenchPress(
  request: SendBench,
  to: { readonly host: string; readonly port: number },
  directory: string,
  tell: Tell,
): Promise<BenchPress> {
  const dkimKey = request.signed ? newKey() : null;
  const given = {
    APP_SECRET: randomBytes(32).toString('hex'),
    PUBLIC_URL: LETTERS_URL,
    SMTP_URL: `smtp://${to.host}:${to.port}?connections=${request.connections}&depth=${request.depth}`,
    ...(dkimKey ? await signing(dkimKey, directory) : {}),
  };
  const config = readConfig({ ...given, DATA_DIR: path.join(directory, 'data'), LOG_LEVEL: 'error' });
  tell('starting a Postgres of its own');
  const parts = await openParts(config);
  try {
    const { publication, issue, sample } = await fill(parts, request, tell);
    const queues = await openQueuesOf(parts);
    return {
      parts,
      queues,
      publication,
      issue,
      sample,
      postmaster: parentOf(await backendPid(parts.database)),
      dkimKey,
      env: {
        ...given,
        DATABASE_URL: parts.databaseUrl,
        DATA_DIR: path.join(directory, 'must-not-be-made'),
        LOG_LEVEL: 'warn',
      },
      async close() {
        await queues.close();
        await parts.close();
      },
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

async function fill({ database: { db } }: Parts, { bytes, messages }: SendBench, tell: Tell) {
  const publication = await createPublication(db, {
    slug: 'measured',
    name: 'The Measured Letter',
    from_name: 'The Measured Letter',
    from_address: `letter@${DKIM_DOMAIN}`,
    postal_address: '1 Example Street, 12345 Example Town',
  });
  tell(`${messages} readers`);
  await insertReaders(db, publication.id, messages);
  const { markdown, sample } = await letterOf(bytes, publication);
  const { issue } = await importIssue(db, { publication, bytes: Buffer.from(markdown), file: null });
  return { publication, issue, sample };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function signing(key: string, directory: string): Promise<Record<string, string>> {
  const file = path.join(directory, 'dkim.pem');
  await writeFile(file, key, { mode: 0o600 });
  return { DKIM_DOMAIN, DKIM_SELECTOR, DKIM_KEY_FILE: file };
}
