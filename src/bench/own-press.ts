import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../config.ts';
import { openParts, type Parts } from '../main.ts';
import type { Tell } from './bench-request.ts';

/**
 * Measures something on a press of the benchmark's own, in a directory of which nothing stays. It heeds no variable but
 * the given ones.
 */
export async function onOwnPress<Report>(
  variables: Readonly<Record<string, string>>,
  tell: Tell,
  measure: (parts: Parts, directory: string) => Promise<Report>,
): Promise<Report> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-bench-'));
  const own = {
    DATA_DIR: path.join(directory, 'data'),
    APP_SECRET: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'error',
  };
  try {
    tell('starting a Postgres of its own');
    const parts = await openParts(readConfig({ ...own, ...variables }));
    return await measure(parts, directory).finally(() => parts.close());
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
