/** What the demo found out about the press, in the order it happened. */
export interface Check {
  readonly rule: string;
  readonly holds: boolean;
  /** What was there instead, where it does not hold. */
  readonly found: string;
}

export class Checks {
  readonly done: Check[] = [];

  holds(rule: string, holds: boolean, found = ''): void {
    this.done.push({ rule, holds, found: holds ? '' : found });
  }

  equal(rule: string, found: unknown, wanted: unknown): void {
    const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
    this.holds(rule, is === should, `${is} instead of ${should}`);
  }
}
