import { DAY_MS } from '../clock.ts';
import type { Tx } from '../db/database.ts';
import type { DueDeps } from '../delivery/freeze-due-send.ts';
import { receiverOf } from '../outbound/providers.ts';
import type { Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import { heldBounces } from './held-store.ts';
import type { GoneReader } from './wave.ts';
import { noteWave, publicationsOf } from './wave-store.ts';

/** Readers who are held later than this after the last one are a new wave. */
const OVER_AFTER_MS = DAY_MS;

export interface TellWaveDeps extends Pick<DueDeps, 'tellEditors'> {
  /** What the link to the desk starts with. */
  readonly publicUrl: string;
}

/** The editors of each publication hear once of a wave among its readers, by a mail made with the first that are held. */
export async function tellWaves(
  tx: Tx,
  deps: TellWaveDeps,
  held: readonly GoneReader[],
  now: Date,
): Promise<void> {
  const publications = await publicationsOf(
    tx,
    held.map(({ subscriber }) => subscriber),
  );
  const waves = new Map(
    held.flatMap(({ subscriber, email }) => {
      const publication = publications.get(subscriber);
      const provider = receiverOf(email);
      return publication ? [[`${publication} ${provider}`, { publication, provider }]] : [];
    }),
  );
  for (const { publication, provider } of waves.values()) {
    const before = new Date(now.getTime() - OVER_AFTER_MS);
    if (!(await noteWave(tx, { publication, provider, now, before }))) continue;
    await tellOne(tx, deps, await publicationById(tx, publication), provider, now);
  }
}

async function tellOne(tx: Tx, deps: TellWaveDeps, publication: Publication, provider: string, now: Date) {
  const { count } = await heldBounces(tx, publication.id, 1);
  const readers = count === 1 ? 'One reader is' : `${count} readers are`;
  await deps.tellEditors(tx, {
    publication,
    key: `wave:${publication.id}:${provider}:${now.toISOString()}`,
    heading: `${publication.name}: ${provider} calls many addresses gone`,
    paragraphs: [
      `Within an hour ${provider} has called far more addresses gone than it usually does. Mail providers do that while something is broken on their side, so the rest of them are not believed: ${readers} in doubt by now, and still get letters.`,
      'You need not do anything: an address that is called gone again a day later is believed, and one whose letter arrives is not in doubt any more. If you know better, the desk takes your word.',
    ],
    link: { title: 'See who is in doubt', url: `${deps.publicUrl}/desk/p/${publication.slug}/readers/held` },
  });
}
