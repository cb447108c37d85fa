import { Liquid } from 'liquidjs';
import { escapeHtml, slot, withoutMarks } from './slots.ts';

const ROOTS = [`${import.meta.dirname}/../../emails`, import.meta.dirname];

/**
 * Every value that a template prints is escaped, and cleaned of the characters that slot marks are made
 * of. Only `| raw` (HTML of our own Markdown dialect) and `| slot` (a mark itself) pass as they are.
 * An unknown variable or filter is a fault of the template and throws.
 */
const liquid = new Liquid({
  root: ROOTS,
  extname: '.liquid',
  cache: true,
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  outputEscape: (value: unknown) => escapeHtml(withoutMarks(printed(value))),
});

liquid.registerFilter('slot', { raw: true, handler: slot });
liquid.registerFilter('at_most', (value: number, limit: number) => Math.min(value, limit));

function printed(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** `shared` is seen by the template and by every partial it renders; `own` by the template alone. */
export async function renderTemplate(name: string, own: object, shared: object): Promise<string> {
  return String(await liquid.renderFile(name, own, { globals: shared }));
}
