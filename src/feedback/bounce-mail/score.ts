import { z } from 'zod';
import type { ReplyClass } from '../../replies/reply-class.ts';
import { Fault } from '../../result.ts';
import type { UnderstoodMail } from './understand.ts';

/** A labelled mail: one line of an `expected.jsonl` of the Sisimai project's form. */
const LABELLED = z.object({
  file: z.string(),
  recipients: z.array(z.object({ reason: z.string(), hard: z.boolean(), feedback: z.string().nullish() })),
});

export type LabelledMail = z.infer<typeof LABELLED>;

/** @throws {Fault} `bad_labels` */
export function readLabels(lines: string): readonly LabelledMail[] {
  return lines.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return LABELLED.parse(JSON.parse(line));
    } catch {
      throw new Fault('bad_labels', `Line ${index + 1} of the labels is none: see src/feedback/README.md.`);
    }
  });
}

/** Reasons by which even the labels' authors say that they cannot tell: they are left out. */
const UNDECIDED: readonly string[] = ['onhold', 'undefined', ''];

type Kind = UnderstoodMail['kind'];

/** Which of our classes a label's reason is; some stand on the border of two. */
const CLASS_OF_REASON: Readonly<Record<string, readonly [ReplyClass, ...ReplyClass[]]>> = {
  userunknown: ['address-gone'],
  hostunknown: ['address-gone'],
  hasmoved: ['address-gone'],
  notaccept: ['address-gone'],
  mailboxfull: ['mailbox-full'],
  expired: ['temporary'],
  networkerror: ['temporary'],
  systemerror: ['temporary', 'unknown'],
  systemfull: ['temporary'],
  mailererror: ['temporary', 'unknown'],
  suspend: ['temporary'],
  mesgtoobig: ['message'],
  exceedlimit: ['message'],
  emailtoolarge: ['message'],
  failedstarttls: ['temporary', 'policy'],
  contenterror: ['message'],
  syntaxerror: ['message'],
  notcompliantrfc: ['message', 'policy'],
  virusdetected: ['message', 'policy'],
  // "user unknown", said after DATA or by words alone
  filtered: ['policy', 'unknown'],
};

function classesOf(reason: string): readonly [ReplyClass, ...ReplyClass[]] {
  return CLASS_OF_REASON[reason] ?? ['policy'];
}

/** One mail beside its label. */
export interface Marked {
  readonly kind: Kind;
  readonly kindRight: boolean;
  /** Every recipient found, in order, and hard where the label says hard, and nowhere else. */
  readonly hardRight: boolean;
  readonly recipients: readonly {
    readonly class: ReplyClass;
    readonly hardRight: boolean;
    readonly classRight: boolean;
  }[];
}

/** Null where the label says that nobody can tell. */
export function mark(label: LabelledMail, found: UnderstoodMail): Marked | null {
  const wanted = label.recipients.filter(({ reason }) => !UNDECIDED.includes(reason));
  if (wanted.length === 0) return null;
  const kind = kindOf(label);
  // labels name the cause, also in warnings, which are no bounces
  const kindRight = found.kind === kind || (kind === 'bounce' && found.kind === 'delayed');
  const recipients = wanted.map(({ reason, hard }, index) => ({
    class: classesOf(reason)[0],
    hardRight: (found.recipients[index]?.hard ?? false) === hard,
    classRight: classesOf(reason).includes(found.recipients[index]?.class ?? 'unknown'),
  }));
  const hards = (list: readonly { readonly hard: boolean }[]) => list.filter(({ hard }) => hard).length;
  const hardRight =
    recipients.every((recipient) => recipient.hardRight) && hards(wanted) === hards(found.recipients);
  return { kind, kindRight, hardRight, recipients: kind === 'bounce' ? recipients : [] };
}

function kindOf({ recipients: [first] }: LabelledMail): Kind {
  if (first?.reason === 'vacation') return 'auto-reply';
  if (!first?.feedback) return 'bounce';
  return ['auth-failure', 'not-spam'].includes(first.feedback) ? 'other' : 'complaint';
}

export interface ScoreRow {
  readonly what: string;
  readonly total: number;
  /** Hard where the label says hard, and nowhere else. */
  readonly hard_right: number;
  /** The kind of a mail, the class of a recipient. */
  readonly same: number;
}

/** The table: mails by kind, recipients of bounces by class, all mails. */
export function scoreRows(marked: readonly Marked[]): readonly ScoreRow[] {
  const kinds = grouped(marked, ({ kind }) => kind).map(([kind, mails]) =>
    row(`mails: ${kind}`, mails, ({ kindRight }) => kindRight),
  );
  const recipients = marked.flatMap((mail) => mail.recipients);
  const classes = grouped(recipients, (recipient) => recipient.class).map(([name, list]) =>
    row(`recipients: ${name}`, list, ({ classRight }) => classRight),
  );
  return [...kinds, ...classes, row('all mails', marked, ({ kindRight }) => kindRight)];
}

function row<Item extends { readonly hardRight: boolean }>(
  what: string,
  items: readonly Item[],
  same: (item: Item) => boolean,
): ScoreRow {
  return {
    what,
    total: items.length,
    hard_right: items.filter(({ hardRight }) => hardRight).length,
    same: items.filter(same).length,
  };
}

function grouped<Item, Key extends string>(
  items: readonly Item[],
  key: (item: Item) => Key,
): [Key, Item[]][] {
  return [...Map.groupBy(items, key)].toSorted(([one], [other]) => one.localeCompare(other));
}
