import { styleText } from 'node:util';

/**
 * Rows for a person: aligned columns under a head on a terminal, tabs and no head where a program reads.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  onTerminal = process.stdout.isTTY === true,
): string {
  if (!onTerminal) return rows.map((row) => row.join('\t')).join('\n');
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    widths
      .map((width, column) => alignCell(cells[column] ?? '', width))
      .join('  ')
      .trimEnd();
  return [styleText('bold', line(head)), ...rows.map(line)].join('\n');
}

/** Facts about one thing, a name and a value on each line. */
export function facts(pairs: readonly (readonly [string, string | number | null])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs
    .filter((pair): pair is readonly [string, string | number] => pair[1] !== null)
    .map(([name, value]) => `${styleText('dim', name.padEnd(width))}  ${value}`)
    .join('\n');
}

function alignCell(cell: string | number, width: number): string {
  return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
}
