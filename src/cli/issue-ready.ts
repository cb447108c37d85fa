import { showId } from '../ids.ts';
import { findIssue, setReady } from '../issues/issue-store.ts';
import { findPublication } from '../publications/publication-store.ts';
import { nextSlot, showSlot } from '../publications/slot.ts';
import { defineCommand, publicationOption } from './command.ts';
import { withParts } from './with-parts.ts';

export const issueReady = defineCommand({
  args: ['ISSUE'],
  about: 'Offers an issue to the weekly slot, or takes it back.',
  options: { ...publicationOption, undo: { about: 'take it back' } },
  run: ({ args: [reference = ''], options }) =>
    withParts(async ({ database: { db }, clock }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const issue = await findIssue(db, publication.id, reference);
      await setReady(db, issue.id, !options.undo, clock.now());
      const slot_at = options.undo ? null : nextSlot(publication, clock.now());
      const id = showId('issue', issue.id);
      return {
        value: { issue: id, ready: !options.undo, slot_at },
        text: options.undo
          ? `${id} is no longer offered to the weekly slot.`
          : `${id} is ready${slotNote(publication.slot && showSlot(publication.slot), slot_at)}`,
      };
    }),
});

function slotNote(slot: string | null, at: Date | null): string {
  if (!slot || !at)
    return ', but the publication has no weekly slot: "pressrun publication set SLUG --slot \'Mon 08:00\'".';
  return ` for the next slot (${slot}: ${at.toISOString()}).`;
}
