/** The answer of a call whose refusal is expected and must be chosen upon by the caller. */
export type Result<Value, Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Refusal };

export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

export function refuse<Refusal>(error: Refusal): Result<never, Refusal> {
  return { ok: false, error };
}

/** Ends a `switch` over a union: a new member that nobody handles does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}

/**
 * A fault that only a person can mend. Its message is one sentence (two at most) that says what is
 * wrong and what to do; the command line prints it without a stack trace.
 *
 * `kind` chooses the exit status: `usage` 2 (the call was wrong), `failure` 1 (the work failed).
 * `code` is stable and stands in `--json` errors.
 */
export class Fault extends Error {
  readonly code: string;
  readonly kind: 'usage' | 'failure';

  constructor(code: string, message: string, kind: 'usage' | 'failure' = 'usage') {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.kind = kind;
  }
}
