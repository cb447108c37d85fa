import type { IssueDocument, Picture } from './document.ts';

/** A picture that is kept by the hash of its bytes; any other reference is one that is missing. */
export const ASSET_PATH = /^\/assets\/([0-9a-f]{64})\.(png|jpg|gif)$/;

/** Every picture of items and cards, in reading order. */
export function picturesOf(document: IssueDocument): Picture[] {
  const items = document.sections.flatMap((section) => section.items);
  return items
    .flatMap(({ image, card }) => [image, card?.image ?? null])
    .filter((picture) => picture !== null);
}

/** References of pictures that are not kept, each once: readers see their alternative text. */
export function missingPictures(document: IssueDocument, kept: ReadonlyMap<string, unknown>): string[] {
  const references = picturesOf(document).map(({ src }) => src);
  return [...new Set(references)].filter((src) => !kept.has(src));
}

/** The document with references replaced by the paths that a map has for them. */
export function withAssets(document: IssueDocument, paths: ReadonlyMap<string, string>): IssueDocument {
  const replace = <Image extends Picture | null>(image: Image): Image =>
    image && { ...image, src: paths.get(image.src) ?? image.src };
  const sections = document.sections.map((section) => ({
    ...section,
    items: section.items.map((item) => ({
      ...item,
      image: replace(item.image),
      card: item.card && { ...item.card, image: replace(item.card.image) },
    })),
  }));
  return { ...document, sections };
}
