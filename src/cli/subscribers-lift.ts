import type { Db } from '../db/database.ts';
import { depsOf } from '../main.ts';
import { normalizeAddress } from '../publications/address.ts';
import { addressHasher } from '../publications/installation.ts';
import { listPublications } from '../publications/publication-store.ts';
import { Fault, unreachable } from '../result.ts';
import { type Lifted, type LiftRefusal, liftByHand } from '../subscribers/lift.ts';
import { type Answer, defineCommand } from './command.ts';
import { withParts } from './with-parts.ts';

export const subscribersLift = defineCommand({
  args: ['EMAIL'],
  about: 'Lets a suppressed address be mailed again, in every publication; the reason is kept.',
  options: {
    why: { value: 'TEXT', about: 'in words, for whoever asks later; needed' },
    'despite-complaint': { about: 'although the reader reported a letter as spam' },
  },
  async run({ args: [email = ''], options }) {
    const address = normalizeAddress(email);
    if (!address.ok) throw new Fault('bad_address', `The address "${email}" ${address.error}.`);
    if (!options.why) throw refusal('no reason');
    return withParts(async (parts) => {
      const { db, clock } = depsOf(parts);
      const lifted = await liftByHand(db, (await addressHasher(db))(address.value.address_key), {
        by: { via: 'command line' },
        why: options.why ?? '',
        despiteComplaint: options['despite-complaint'],
        now: clock.now(),
      });
      if (!lifted.ok) throw refusal(lifted.error);
      return liftAnswer(db, address.value.email, lifted.value);
    });
  },
});

function refusal(reason: LiftRefusal): Fault {
  switch (reason) {
    case 'no reason':
      return new Fault('missing_option', 'Say in words why it is lifted: --why TEXT.');
    case 'not suppressed':
      return new Fault('not_suppressed', 'That address is not suppressed: mail may go there.');
    case 'erased':
      return new Fault('erased', 'That person asked to be erased: only they can come back, by signing up.');
    case 'complaint':
      return new Fault(
        'complaint',
        'That reader reported a letter as spam: mailing them again without their word harms every letter you send. If you have their word, add --despite-complaint.',
      );
    default:
      return unreachable(reason);
  }
}

async function liftAnswer(db: Db, email: string, { suppression, readers }: Lifted): Promise<Answer> {
  const slugs = new Map((await listPublications(db)).map(({ id, slug }) => [id, slug]));
  const shown = readers.map(({ reader, was, now }) => ({
    publication: slugs.get(reader.publication_id) ?? null,
    was,
    status: now,
  }));
  const since = suppression.since.toISOString();
  return {
    value: { email, reason: suppression.reason, since, readers: shown },
    text: [
      `Lifted: ${email} was suppressed (${suppression.reason}) since ${since}.`,
      ...shown.map(
        ({ publication, was, status }) => `${publication}: ${was === status ? was : `${was} -> ${status}`}`,
      ),
    ].join('\n'),
  };
}
