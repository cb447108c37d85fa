import { ensureSample } from '../demo/sample-publication.ts';
import { readEnvironment } from '../main.ts';
import { defineCommand } from './command.ts';
import { greeting } from './greeting.ts';
import { runUntilStopped } from './run-process.ts';

export const start = defineCommand({
  args: [],
  about: 'Everything in one process: pages, workers, and the embedded services where no other is named.',
  options: {},
  answers: false,
  async run() {
    const config = readEnvironment(process.stderr.isTTY ? 'warn' : 'info');
    const options = { exclusive: 'start', migrate: true, prepare: ensureSample } as const;
    await runUntilStopped(config, { web: true, workers: true }, options, greeting);
    return null;
  },
});
