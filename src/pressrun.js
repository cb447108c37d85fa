#!/usr/bin/env node
// `bin`: runs the command line on the Node 24 that comes with the project, whichever Node found this file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
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
  // Signals from a terminal reach both processes; this one must outlive the child to pass its status on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(status ?? (signal ? 1 : 0));
}
