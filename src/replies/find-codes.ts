/** Codes that stand in a line of text: `550 5.1.1 ...`, `550-5.7.26`, `(#5.1.1)`, `smtp;550`. */
export interface FoundCodes {
  readonly code: number | null;
  readonly enhanced: string | null;
}

/** Further in, numbers are tickets and addresses. */
const READ_TO = 3_000;

/** Not a part of an IP address or of a longer number. */
const ENHANCED = /(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)/g;

/** At the start, or behind what mail servers write before a reply; no telephone number. */
const CODE = /(?:^|[\s;:<>"'([=-])([45]\d\d)(?!\)?[- ]\d{3}-)(?=$|[\s:;,\-#<>)\]"'])/;

/** The first reply code, and the first enhanced status that says more than "x.0" ("5.0.350 ... 5.1.1"). */
export function findCodes(raw: string): FoundCodes {
  const text = raw.slice(0, READ_TO);
  const all = text.match(ENHANCED) ?? [];
  const code = CODE.exec(text)?.[1];
  return {
    code: code === undefined ? null : Number(code),
    enhanced: all.find((enhanced) => !/^\d\.0\./.test(enhanced)) ?? all[0] ?? null,
  };
}
