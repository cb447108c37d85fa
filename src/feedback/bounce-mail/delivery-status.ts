import { fieldAddress } from './addresses.ts';
import { unfold } from './mail-headers.ts';

/** One recipient's fields of a delivery status notification, RFC 3464 section 2.3. */
export interface StatusRecipient {
  /** As we wrote it, before aliases and forwarding: Original-Recipient, or else Final-Recipient. '' where neither is an address. */
  readonly address: string;
  /** "failed" where the field is missing or says something else: OpenSMTPD writes "error", others "failure". */
  readonly action: Action;
  /** Such as "5.1.1"; null where the field is missing or no code. */
  readonly status: string | null;
  /** The Diagnostic-Code without its type. */
  readonly diagnostic: string;
  /** True where the reporting server itself says that the mailbox is bad (PowerMTA's X-PowerMTA-BounceCategory). */
  readonly badMailbox: boolean;
}

const OTHER_ACTIONS = ['delayed', 'delivered', 'relayed', 'expanded'] as const;

type Action = (typeof OTHER_ACTIONS)[number] | 'failed';

export interface DeliveryStatus {
  /** Original-Envelope-Id (ENVID, RFC 3461), null where there is none. */
  readonly envelopeId: string | null;
  readonly recipients: readonly StatusRecipient[];
}

type Fields = Map<string, string>;

const OF_A_RECIPIENT =
  /^(?:original-recipient|final-recipient|x-actual-recipient|action|status|diagnostic-code|remote-mta|x-powermta-bouncecategory)$/;
const MOST_RECIPIENTS = 200;

/**
 * Reads the fields wherever they stand: in a message/delivery-status part or in plain text. Blank lines between
 * recipients are missing or doubled in real reports, so a field that comes again starts the next recipient.
 */
export function readDeliveryStatus(text: string): DeliveryStatus {
  const groups: Fields[] = [];
  let envelopeId: string | null = null;
  let open: Fields = new Map();
  for (const line of unfold(text)) {
    const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9-]{1,40})\s{0,5}:(.*)$/s.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === 'original-envelope-id') envelopeId ??= value.trim() || null;
    if (!OF_A_RECIPIENT.test(key)) continue;
    if (open.has(key) || (startsRecipient(key) && isWhole(open))) {
      groups.push(open);
      open = new Map();
    }
    open.set(key, value.trim());
  }
  groups.push(open);
  return { envelopeId, recipients: groups.filter(isRecipient).slice(0, MOST_RECIPIENTS).map(recipientOf) };
}

function startsRecipient(key: string): boolean {
  return key === 'original-recipient' || key === 'final-recipient';
}

function isWhole(fields: Fields): boolean {
  return fields.has('final-recipient') && fields.has('action') && fields.has('status');
}

function isRecipient(fields: Fields): boolean {
  return (fields.has('final-recipient') || fields.has('original-recipient')) && fields.size > 1;
}

/** Also for what SES writes in its JSON. */
export function actionOf(field: string): Action {
  return OTHER_ACTIONS.find((action) => field.toLowerCase().trimStart().startsWith(action)) ?? 'failed';
}

function recipientOf(fields: Fields): StatusRecipient {
  const field = (name: string) => fields.get(name) ?? '';
  return {
    address: fieldAddress(field('original-recipient')) || fieldAddress(field('final-recipient')),
    action: actionOf(field('action')),
    status: field('status').match(/[245]\.\d{1,3}\.\d{1,3}/)?.[0] ?? null,
    badMailbox: /^bad-mailbox/i.test(field('x-powermta-bouncecategory')),
    diagnostic: field('diagnostic-code').replace(/^[A-Za-z0-9-]{1,40}\s*;\s*/, ''),
  };
}
