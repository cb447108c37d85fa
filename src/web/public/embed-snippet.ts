import { basePath, type Publication } from '../../publications/publication.ts';
import { pageWords } from '../page-words.ts';

/**
 * A form to paste into any page: plain HTML, no script, styled by the page it stands in. Its hidden field
 * is moved out of sight by its own style, since our stylesheet is not there.
 */
export function embedSnippet(publication: Publication, publicUrl: string): string {
  const words = pageWords(publication.locale);
  return `<form method="post" action="${publicUrl}${basePath(publication)}/subscribe">
  <label>${words.email} <input type="email" name="email" autocomplete="email" required></label>
  <input type="hidden" name="locale" value="${publication.locale}">
  <input name="website" tabindex="-1" autocomplete="off" aria-hidden="true" style="position:absolute;left:-9999px">
  <button>${words.subscribe}</button>
  <p>${words.promise}</p>
</form>`;
}
