import { SLUG } from './document.ts';

const LONGEST = 100;

/** The first of the texts that gives a slug, or `issue`. */
export function makeSlug(...texts: readonly (string | null)[]): string {
  for (const text of texts) {
    const slug = slugOf(text ?? '');
    if (slug !== null) return slug;
  }
  return 'issue';
}

function slugOf(text: string): string | null {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  const slug = plain
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
  // less than a word of it is left where a text is not in Latin letters
  return slug.length >= 4 && SLUG.test(slug) ? slug : null;
}

/** Medium ends the last part of an address with the post's id, 8 to 12 hex digits. */
export function slugOfAddress(url: string): string {
  const last = new URL(url).pathname.split('/').filter(Boolean).at(-1) ?? '';
  return last.replace(/(^|-)[0-9a-f]{8,12}$/, '').replace(/\.\w+$/, '');
}
