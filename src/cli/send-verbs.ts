import { cancelSend, pauseSend, resumeSend } from '../delivery/control-send.ts';
import { receipt } from '../delivery/receipt.ts';
import { retrySend, settleSend } from '../delivery/retry-send.ts';
import { requireId, type SendId } from '../ids.ts';
import { depsOf, type Parts } from '../main.ts';
import { Fault } from '../result.ts';
import { sendVisits } from '../visits/report.ts';
import { wakeSend } from '../web/wake.ts';
import { type Answer, type Command, defineCommand } from './command.ts';
import { receiptAnswer, receiptText } from './receipt-answer.ts';
import { visitText } from './visit-text.ts';
import { wakeWorkers } from './wake-workers.ts';
import { withParts } from './with-parts.ts';

export const sendStatus = defineCommand({
  args: ['SEND'],
  about: 'Prints the receipt of a send as it is now, and who opened it and clicked.',
  options: {},
  async run({ args: [reference = ''] }) {
    const id = sendId(reference);
    return withParts(async ({ database: { db } }) => {
      const now = await receipt(db, id);
      const visits = await sendVisits(db, id);
      return { value: { ...now, visits }, text: [receiptText(now), ...visitText(visits)].join('\n') };
    });
  },
});

export const sendPause = plainVerb('Stops a send until it is resumed.', ({ database }, id) =>
  pauseSend(database.db, id),
);

export const sendResume = plainVerb('Lets a paused or a held send go on.', async (parts, id) => {
  await resumeSend(parts.database.db, id, parts.clock);
  await wakeWorkers(parts, (queue) => wakeSend(queue, id));
});

export const sendCancel = plainVerb(
  'Ends a send: whoever has not got it does not get it.',
  ({ database }, id) => cancelSend(database.db, id),
);

export const sendRetry = defineCommand({
  args: ['SEND'],
  about: 'Makes a child send to those who did not get it, and to nobody else.',
  options: { 'include-unknown': { about: 'to those too of whom nobody knows: some will get it twice' } },
  run: ({ args: [reference = ''], options }) =>
    withParts(async (parts) => {
      const child = await retrySend(depsOf(parts), sendId(reference), options['include-unknown']);
      await wakeWorkers(parts, (queue) => wakeSend(queue, child.id));
      return receiptOf(parts, child.id);
    }),
});

export const sendSettle = defineCommand({
  args: ['SEND'],
  about: 'Decides what became of the unknown deliveries of a send.',
  options: { as: { value: 'resend|accepted|rejected', about: 'send them once more, or count them so' } },
  async run({ args: [reference = ''], options }) {
    const as = readVerdict(options.as);
    return withParts(async (parts) => {
      const id = sendId(reference);
      await settleSend(depsOf(parts), id, as);
      await wakeWorkers(parts, (queue) => wakeSend(queue, id));
      return receiptOf(parts, id);
    });
  },
});

function plainVerb(about: string, act: (parts: Parts, id: SendId) => Promise<unknown>): Command {
  return defineCommand({
    args: ['SEND'],
    about,
    options: {},
    async run({ args: [reference = ''] }) {
      const id = sendId(reference);
      return withParts(async (parts) => {
        await act(parts, id);
        return receiptOf(parts, id);
      });
    },
  });
}

async function receiptOf({ database }: Parts, id: SendId): Promise<Answer> {
  return receiptAnswer(await receipt(database.db, id));
}

function sendId(text: string): SendId {
  return requireId<SendId>('send', text);
}

function readVerdict(text: string | undefined): 'resend' | 'accepted' | 'rejected' {
  if (text === 'resend' || text === 'accepted' || text === 'rejected') return text;
  throw new Fault('bad_verdict', 'Say what they are: --as resend, --as accepted or --as rejected.');
}
