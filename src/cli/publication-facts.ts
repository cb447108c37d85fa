import type { Publication } from '../publications/publication.ts';
import { showSlot } from '../publications/slot.ts';

/** A publication as `--json` shows it: its row, with the slot as it is written on the command line. */
export function publicationValue({ id: _id, slot, ...publication }: Publication): Record<string, unknown> {
  return { ...publication, slot: slot && showSlot(slot) };
}

export function publicationRow({
  slug,
  name,
  from_address,
  slot,
  timezone,
  is_default,
}: Publication): string[] {
  return [
    slug,
    name,
    from_address,
    slot ? `${showSlot(slot)} ${timezone}` : '-',
    is_default ? 'default' : '',
  ];
}
