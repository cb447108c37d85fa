import { benchImport as measure } from '../bench/bench-import.ts';
import { benchStop } from './bench-stop.ts';
import { defineCommand } from './command.ts';
import { openProgress } from './progress.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

export const benchImport = defineCommand({
  args: [],
  about:
    'Measures importing readers from CSV, and beside it how fast Postgres reads the same file by itself.',
  options: {
    rows: { value: 'N', about: 'readers in the file (100000)' },
    rounds: { value: 'R', about: 'how often both are measured; printed are the medians (3)' },
  },
  async run({ options }) {
    const request = {
      rows: wholeNumber('rows', options.rows, 100_000),
      rounds: wholeNumber('rounds', options.rounds, 3),
    };
    const progress = openProgress();
    const report = await measure(request, benchStop(), progress.show).finally(progress.end);
    const { pressrun, beside, faults } = report;
    const rows = [
      ['pressrun subscribers import', pressrun.per_second, ''],
      ...beside.map(({ what, per_second, ratio }) => [what, per_second, ratio]),
    ];
    const text = [table(['Reader', 'rows/s', 'pressrun against it'], rows), ...faults].join('\n');
    return { value: report, text, status: faults.length > 0 ? 1 : 0 };
  },
});
