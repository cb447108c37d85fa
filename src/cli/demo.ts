import { styleText } from 'node:util';
import type { Receipt } from '../delivery/receipt.ts';
import type { Check } from '../demo/checks.ts';
import { openDemoPress } from '../demo/demo-press.ts';
import { type PressRun, pressRun } from '../demo/press-run.ts';
import { type Answer, defineCommand } from './command.ts';
import { interruption } from './interruption.ts';
import { openProgress, type Progress } from './progress.ts';
import { stopSignal } from './stop-signal.ts';
import { table } from './table.ts';

export const demo = defineCommand({
  args: [],
  about:
    'The whole job by itself on a sample issue, checked, in a directory of its own; leaves nothing behind.',
  options: {},
  async run() {
    const stop = stopSignal();
    const progress = openProgress();
    progress.show('starting a press in a directory of its own');
    try {
      return demoAnswer(await demonstrate(stop, progress));
    } finally {
      progress.end();
    }
  },
});

async function demonstrate(stop: AbortSignal, progress: Progress): Promise<PressRun> {
  const press = await openDemoPress();
  try {
    return await Promise.race([pressRun(press, progress.show, stop), interruption(stop)]);
  } finally {
    progress.show('taking everything away again');
    await press.close();
  }
}

function demoAnswer({ checks, receipts }: PressRun): Answer {
  const failed = checks.done.filter((check) => !check.holds);
  return {
    value: { ok: failed.length === 0, checks: checks.done, receipts },
    text: [
      receiptsTable(receipts),
      '',
      ...(failed.length > 0 ? failed.map(failure) : [success(checks.done)]),
    ].join('\n'),
    status: failed.length > 0 ? 1 : 0,
  };
}

const COUNTS = [
  'audience',
  'accepted',
  'rejected',
  'deferred',
  'suppressed',
  'left',
  'unknown',
  'queued',
] as const;

function receiptsTable(receipts: readonly Receipt[]): string {
  const rows = COUNTS.map((count) => [count, ...receipts.map((receipt) => receipt[count])]);
  return table(
    ['Receipt', ...receipts.map((_, place) => (place === 0 ? 'first issue' : 'next issue'))],
    rows,
    true,
  );
}

function success(checks: readonly Check[]): string {
  return styleText('green', `All ${checks.length} checks hold: the press prints.`);
}

function failure({ rule, found }: Check): string {
  return styleText('red', `This does not hold: ${rule}${found ? ` (${found})` : ''}.`);
}
