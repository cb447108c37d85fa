/** A picture that is there: where it is served (below PUBLIC_URL) and its size in pixels. */
interface PictureFile {
  /** `/assets/HASH.EXT` */
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** The pictures that exist, by the reference that the document has; any other shows its alt text. */
export type Pictures = ReadonlyMap<string, PictureFile>;
