#!/usr/bin/env node
// `bin`: runs the command line on the Node 24 that comes with the project, whichever Node found this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  // What was read once need not be read again: types are stripped by a program in WebAssembly that costs 30 MB and half
  // of the start. Where the directory cannot be written it goes without.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/pressrun', import.meta.url)));
  const { startLean } = await import('./cli/lean-node.ts');
  startLean();
  await import('./cli/main.ts');
} else {
  rerun(fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url)));
}

function rerun(node) {
  if (!existsSync(node)) {
    console.error(
      `pressrun needs Node ${NEEDED_MAJOR}; this is ${process.version}. Run "npm ci" in the checkout: it brings one.`,
    );
    process.exit(2);
  }
  // The channel closes when this process is killed, and the child ends in order then.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status) => process.exit(status ?? 1));
}
