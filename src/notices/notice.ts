import { z } from 'zod';
import type { NoticeKind } from '../db/schema.ts';
import type { DeliveryState } from '../db/send-tables.ts';
import {
  asId,
  type ConsentId,
  type IssueId,
  type NoticeId,
  type PublicationId,
  type SubscriberId,
} from '../ids.ts';

/** What each kind needs to be written; ids and facts, never a token or a text that a stranger typed. */
const PARAMS = {
  confirm: z.object({
    consent_id: z
      .int()
      .positive()
      .transform(asId<ConsentId>),
  }),
  welcome: z.object({}),
  test: z.object({
    issue_id: z
      .int()
      .positive()
      .transform(asId<IssueId>),
    locale: z.string(),
  }),
  editor: z.object({
    heading: z.string(),
    paragraphs: z.array(z.string()).readonly(),
    link: z.object({ title: z.string(), url: z.string() }).nullable().default(null),
  }),
} satisfies Record<NoticeKind, z.ZodType>;

export type NoticeParams<Kind extends NoticeKind> = z.output<(typeof PARAMS)[Kind]>;

interface Addressed {
  readonly publication_id: PublicationId;
  readonly email: string;
  readonly locale: string;
}

/** A notice to be made. `unique_key` names its cause: the same cause never makes a second one. */
export type NewNotice = {
  [Kind in NoticeKind]: Addressed & {
    readonly kind: Kind;
    readonly unique_key: string;
    readonly subscriber_id?: SubscriberId;
    readonly params: z.input<(typeof PARAMS)[Kind]>;
  };
}[NoticeKind];

/** A notice as its worker has it. */
export type Notice = {
  [Kind in NoticeKind]: Addressed & {
    readonly id: NoticeId;
    readonly kind: Kind;
    readonly subscriber_id: SubscriberId | null;
    readonly params: NoticeParams<Kind>;
    readonly state: DeliveryState;
    /** Tries that had an outcome. */
    readonly attempts: number;
    readonly fence: number;
  };
}[NoticeKind];

const noticeContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confirm'), params: PARAMS.confirm }),
  z.object({ kind: z.literal('welcome'), params: PARAMS.welcome }),
  z.object({ kind: z.literal('test'), params: PARAMS.test }),
  z.object({ kind: z.literal('editor'), params: PARAMS.editor }),
]);

export function checkedParams(notice: NewNotice): string {
  return JSON.stringify(noticeContent.parse(notice).params);
}

export function readNotice(row: Omit<Notice, 'params'> & { readonly params: unknown }): Notice {
  return { ...row, ...noticeContent.parse(row) };
}
