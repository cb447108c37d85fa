import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../config.ts';
import { freePort } from '../embedded/free-port.ts';
import { openParts, type Parts, run } from '../main.ts';
import { ensureSample } from './sample-publication.ts';

/** A whole press in a directory and on ports of its own. */
export interface DemoPress {
  readonly parts: Parts;
  readonly url: string;
  /** Stops it and takes every trace away. */
  close(): Promise<void>;
}

/** Whatever the environment says is left unread: a demo must never reach a real database or mail server. */
export async function openDemoPress(): Promise<DemoPress> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-demo-'));
  const port = String(await freePort());
  const config = readConfig({ DATA_DIR: directory, PORT: port, LOG_LEVEL: 'error', RECONCILE_SECONDS: '1' });
  const leave = () => rm(directory, { recursive: true, force: true });
  try {
    const parts = await openParts(config, { exclusive: 'start', prepare: ensureSample });
    const running = await run(parts, { web: true, workers: true }).catch(async (error) => {
      await parts.close();
      throw error;
    });
    const close = async () => {
      await running.close();
      await parts.close();
      await leave();
    };
    return { parts, url: config.publicUrl.replace('localhost', config.host), close };
  } catch (error) {
    await leave();
    throw error;
  }
}
