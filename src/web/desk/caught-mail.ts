import type { CaughtMailId } from '../../ids.ts';

/** Where the desk reads the mail that the built-in catcher took; `main` hands it in. */
export interface CaughtMailPages {
  /** Newest first. */
  list(page: { readonly before?: CaughtMailId | undefined; readonly limit: number }): Promise<CaughtRow[]>;
  find(id: CaughtMailId): Promise<(CaughtRow & { readonly raw: Buffer }) | null>;
  parse(raw: Buffer): Promise<ParsedMail>;
}

interface CaughtRow {
  readonly id: CaughtMailId;
  readonly received_at: Date;
  readonly mail_from: string;
  readonly rcpt_to: readonly string[];
  readonly subject: string;
}

interface ParsedMail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly html: string | null;
  readonly text: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}
