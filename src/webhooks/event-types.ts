interface EventType {
  readonly about: string;
  /** What `data` holds, as in the documentation's table. */
  readonly example: Readonly<Record<string, unknown>>;
}

const READER = { publication: 'weekly', subscriber: 'r12', email: 'ada@example.com' };
const SEND = { publication: 'weekly', send: 's7', issue: 'i3', retry_of: null };

/** Everything that an operator's systems can be told of. The migration's triggers name the same. */
export const EVENT_TYPES = {
  'subscriber.confirmed': {
    about:
      'Somebody reads the letter from now on: they confirmed, or took their leaving back (`by`). Not for readers of an import',
    example: { ...READER, by: 'confirmed' },
  },
  'subscriber.left': {
    about: 'A reader unsubscribed; `via` says where',
    example: { ...READER, via: 'one-click' },
  },
  'subscriber.suppressed': {
    about:
      'A reader gets no more letters, and not by their own hand: `reason` is `bounce`, `complaint` or `manual`',
    example: { ...READER, reason: 'bounce' },
  },
  'subscriber.restored': {
    about: 'Somebody lifted what the letters had ended by (`reason`); `status` is what the reader is since',
    example: { ...READER, reason: 'bounce', status: 'active' },
  },
  'subscriber.forgotten': {
    about: 'A reader was erased, or let the time for confirming pass: what you keep of them goes too',
    example: { publication: 'weekly', subscriber: 'r12' },
  },
  'issue.published': {
    about: 'An issue goes out for the first time, and is in the archive',
    example: {
      publication: 'weekly',
      issue: 'i3',
      title: 'Letter of week 6',
      url: 'https://letters.example.com/issues/week-6',
    },
  },
  'send.started': { about: 'A send is frozen and goes out', example: { ...SEND, audience: 1000 } },
  'send.held': {
    about: 'A send waits for the editor’s word; `reason` says why',
    example: { ...SEND, reason: 'This publication has no postal address.' },
  },
  'send.paused': {
    about: 'A send stopped; `reason` is the press’s own, or null where an editor paused it',
    example: { ...SEND, reason: '12% of the letters were rejected.' },
  },
  'send.resumed': { about: 'A paused or finished send goes on', example: SEND },
  'send.cancelled': { about: 'An editor ended a send', example: SEND },
  'send.finished': {
    about: 'A send is over; `receipt` is what `pressrun send status --json` prints',
    example: {
      ...SEND,
      receipt: {
        ...{
          send: 's7',
          issue: 'i3',
          retry_of: null,
          state: 'finished',
          audience: 1000,
          queued: 0,
          accepted: 990,
        },
        ...{ rejected: 4, deferred: 0, suppressed: 5, left: 1, unknown: 0 },
        ...{ started_at: '2026-12-01T07:00:00.000Z', finished_at: '2026-12-01T07:00:09.000Z' },
        ...{
          held_reason: null,
          waiting_reason: null,
          paused_reason: null,
          canary: null,
          local_at: null,
          later: null,
        },
      },
    },
  },
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof EVENT_TYPES;
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventTypeName[];

/** Sent when somebody asks whether a webhook works; it is told to whoever it is. */
export const TEST_EVENT = 'webhook.test';

export function isEventType(text: string): text is EventTypeName {
  return Object.hasOwn(EVENT_TYPES, text);
}

/** The documentation's table: every event, when it comes, and a `data` as an example. */
export function eventsTable(): string {
  const rows = Object.entries(EVENT_TYPES).map(
    ([type, { about, example }]) => `| \`${type}\` | ${about} | \`${JSON.stringify(example)}\` |`,
  );
  return ['| type | when | data |', '|---|---|---|', ...rows].join('\n');
}
