/** `mj-include` stays off (it would read files), no web fonts. */
export const MJML_OPTIONS = { fonts: {}, ignoreIncludes: true, validationLevel: 'strict' } as const;

export interface MjmlOrder {
  readonly id: number;
  readonly mjml: string;
}

export type MjmlAnswer =
  | { readonly id: number; readonly html: string }
  | { readonly id: number; readonly fault: string };
