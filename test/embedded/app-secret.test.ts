import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { embeddedSecret } from '../../src/embedded/app-secret.ts';
import { newDataDir } from './processes.ts';

test('the secret is made once, whoever asks at the same moment, and only its owner can read it', async () => {
  const dataDir = await newDataDir();
  const secrets = await Promise.all(Array.from({ length: 20 }, () => embeddedSecret(dataDir)));
  expect(new Set(secrets).size).toBe(1);
  expect(await embeddedSecret(dataDir)).toMatch(/^[0-9a-f]{64}$/);
  expect(await readdir(dataDir)).toEqual(['app-secret']);
  const { mode } = await stat(path.join(dataDir, 'app-secret'));
  expect((mode & 0o777).toString(8)).toBe('600');
});

test('a secret that was emptied is named, not replaced: links in mail already sent hang on it', async () => {
  const dataDir = await newDataDir();
  await embeddedSecret(dataDir);
  await writeFile(path.join(dataDir, 'app-secret'), '');
  await expect(embeddedSecret(dataDir)).rejects.toThrow('is damaged: put back a copy');
});
