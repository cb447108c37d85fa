/**
 * A spreadsheet runs a cell that begins with one of these, and names come from a public form (OWASP, "CSV
 * Injection"). An apostrophe in front makes it text; one more apostrophe than a cell had is written, and one
 * is taken away again, so that what was exported is imported as it was.
 */
const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED_FORMULA = /^'+[=+\-@\t\r]/;

export function guardFormula(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

export function unguardFormula(cell: string): string {
  return GUARDED_FORMULA.test(cell) ? cell.slice(1) : cell;
}
