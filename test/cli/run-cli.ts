import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PRESSRUN = path.join(ROOT, 'src/pressrun.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON value on standard output. */
  json(): unknown;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until standard output has this text. */
  saw(text: string): Promise<string>;
}

/** Runs the real command line in a process of its own, with this environment and no other variable of ours. */
export function spawnCli(
  args: readonly string[],
  env: Record<string, string> = {},
  node = process.execPath,
): RunningCli {
  const child = spawn(node, [PRESSRUN, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => {
      resolve({ status, stdout: out.text(), stderr: err.text(), json: () => JSON.parse(out.text()) });
    });
  });
  const saw = async (text: string) => {
    for (let waited = 0; waited < 90_000; waited += 50) {
      if (out.text().includes(text)) return out.text();
      if (child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`"${text}" was not printed, but:\n${out.text()}\n${err.text()}`);
  };
  return { child, ended, saw };
}

export function runCli(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return spawnCli(args, env).ended;
}

function collect(stream: NodeJS.ReadableStream): { text(): string } {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { text: () => text };
}
