import { readEnvironment } from '../main.ts';
import { compileBy } from '../rendering/compile-mjml.ts';
import { MjmlApart } from '../rendering/mjml-apart.ts';
import { defineCommand } from './command.ts';
import { requireProduction } from './production.ts';
import { runUntilStopped } from './run-process.ts';

export const worker = defineCommand({
  args: [],
  about: 'The work alone: freezes sends and mails them; for production, any number of such processes.',
  options: {},
  answers: false,
  async run() {
    const config = readEnvironment('info');
    requireProduction(config, 'worker');
    const apart = new MjmlApart();
    compileBy((mjml) => apart.compile(mjml));
    const greet = async () => 'Working: Ctrl-C or SIGTERM ends what is in flight, then stops.';
    await runUntilStopped(config, { web: false, workers: true }, {}, greet);
    return null;
  },
});
