import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Fault } from '../result.ts';

export const OPENSSL = 'openssl speed rsa2048';
const SECONDS = 3;

/** RSA-2048 signatures a second on all cores, by `openssl speed`. */
export async function opensslSpeed(program: string, signal: AbortSignal): Promise<number> {
  const args = ['speed', '-seconds', String(SECONDS), '-multi', String(availableParallelism()), 'rsa2048'];
  const { stdout } = await promisify(execFile)(program, args, { env: {}, signal });
  return signaturesIn(stdout);
}

/** The columns differ from version to version; each is named in the line above the figures. */
export function signaturesIn(output: string): number {
  const lines = output.split('\n');
  const head = lines.findIndex((line) => line.includes('sign/s'));
  const names = lines[head]?.trim().split(/\s+/) ?? [];
  const figures =
    /bits\s+(.*)$/
      .exec(lines[head + 1] ?? '')?.[1]
      ?.trim()
      .split(/\s+/) ?? [];
  const rate = Number(figures[names.indexOf('sign/s')]);
  if (rate > 0) return rate;
  throw new Fault(
    'openssl_speed',
    'openssl speed printed no rate of signatures: leave --signed out.',
    'failure',
  );
}
