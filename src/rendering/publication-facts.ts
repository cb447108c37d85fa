/** What a letter says about its publication; a row of `publications` with its theme's accent has all of it. */
export interface PublicationFacts {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly locale: string;
  readonly postal_address: string | null;
  /** `#rrggbb`; null or anything else: the house colour. */
  readonly accent: string | null;
}
