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
    Math.max(...[title, ...rows.map((row) => String(row[column] ?? ''))].map(widthOf)),
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
  const text = String(cell);
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return typeof cell === 'number' ? room + text : text + room;
}

/** Terminals give two columns to the letters that Unicode calls wide (UAX #11): Chinese, Japanese, Korean. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
