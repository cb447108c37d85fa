import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A message at the far end of a real server, with the CRLF it came with. */
export interface Received {
  readonly to: string;
  /** From our first header on: what servers write above it is theirs. */
  readonly raw: string;
}

/**
 * A real server. All of them answer alike: `nouser@` 550 5.1.1, `later@` 451 4.2.0, the sender `stranger@` 550 5.7.1, a
 * subject that begins with "spam" 550 5.7.1 at the dot; they take 2,000,000 bytes.
 */
export interface RealServer {
  readonly port: number;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  received(): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

export const SIZE_LIMIT = 2_000_000;

/** Our messages begin with this header, so that it shows where they begin. */
export function fromOurs(text: string): string {
  const ours = text.indexOf('Message-ID: <conformance-');
  return text.slice(ours < 0 ? 0 : ours);
}

export function withCrLf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** A directory of a server's own, in memory where there is such a place: they sync every message. */
export async function serverDirectory(name: string): Promise<{ directory: string; remove(): Promise<void> }> {
  const make = (parent: string) => mkdtemp(path.join(parent, `pressrun-${name}-`));
  const directory = await make('/dev/shm').catch(() => make(tmpdir()));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
