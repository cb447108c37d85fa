import { readEnvironment } from '../main.ts';
import { defineCommand } from './command.ts';
import { requireProduction } from './production.ts';
import { runUntilStopped } from './run-process.ts';

export const web = defineCommand({
  args: [],
  about: 'The pages alone: for production, any number of such processes.',
  options: {},
  answers: false,
  async run() {
    const config = readEnvironment('info');
    requireProduction(config, 'web');
    const greet = async () =>
      `The pages are at ${config.publicUrl} (listening on ${config.host}:${config.port}).`;
    await runUntilStopped(config, { web: true, workers: false }, {}, greet);
    return null;
  },
});
