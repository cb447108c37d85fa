import { createPublicKey, type KeyObject } from 'node:crypto';

/** What verifies each provider's hook: several for rotation, none: that hook is not there. */
export interface HookSecrets {
  /** The SNS topics that are listened to; what verifies them is Amazon's certificate. */
  readonly ses: readonly string[];
  readonly mailgun: readonly string[];
  readonly sendgrid: readonly KeyObject[];
  /** `user:password` of HTTP Basic. */
  readonly postmark: readonly string[];
  readonly brevo: readonly string[];
  readonly sparkpost: readonly string[];
  readonly resend: readonly Buffer[];
  readonly generic: readonly Buffer[];
}

interface HookVariables {
  readonly SES_TOPIC_ARNS?: string | undefined;
  readonly MAILGUN_SIGNING_KEY?: string | undefined;
  readonly SENDGRID_PUBLIC_KEY?: string | undefined;
  readonly POSTMARK_HOOK_AUTH?: string | undefined;
  readonly BREVO_HOOK_AUTH?: string | undefined;
  readonly SPARKPOST_HOOK_AUTH?: string | undefined;
  readonly RESEND_HOOK_SECRET?: string | undefined;
  readonly GENERIC_HOOK_SECRET?: string | undefined;
}

/** docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html: up to 256 letters, digits, hyphens, underscores, and `.fifo`. */
const TOPIC_ARN = /^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/;

/** Secrets in commas; what is wrong with them is added to `faults`, names without values. */
export function readHooks(values: HookVariables, faults: string[]): HookSecrets {
  const read = <Secret>(
    name: keyof HookVariables,
    parse: (text: string) => Secret | null,
    complaint: string,
  ) => {
    const parsed = listOf(values[name]).map(parse);
    if (parsed.includes(null)) faults.push(`${name} ${complaint}`);
    return parsed.filter((secret) => secret !== null);
  };
  const basic = (name: keyof HookVariables) =>
    read(name, (text) => (/^[^:]+:.+$/s.test(text) ? text : null), 'must be user:password');
  const shared = (name: keyof HookVariables) =>
    read(name, standardKey, 'must be whsec_ and a key in base64, such as from "openssl rand -base64 32"');

  return {
    ses: read(
      'SES_TOPIC_ARNS',
      (text) => (TOPIC_ARN.test(text) ? text : null),
      'must be ARNs of SNS topics, such as arn:aws:sns:eu-west-1:123456789012:bounces',
    ),
    mailgun: listOf(values.MAILGUN_SIGNING_KEY),
    sendgrid: read(
      'SENDGRID_PUBLIC_KEY',
      publicKey,
      'must be the verification key that SendGrid shows, in base64',
    ),
    postmark: basic('POSTMARK_HOOK_AUTH'),
    brevo: basic('BREVO_HOOK_AUTH'),
    sparkpost: basic('SPARKPOST_HOOK_AUTH'),
    resend: shared('RESEND_HOOK_SECRET'),
    generic: shared('GENERIC_HOOK_SECRET'),
  };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** Standard Webhooks, "Signature scheme": `whsec_` and base64. */
function standardKey(text: string): Buffer | null {
  const encoded = text.replace(/^whsec_/, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : null;
}

/** The key's SubjectPublicKeyInfo, DER in base64; its PEM form is taken too. */
function publicKey(text: string): KeyObject | null {
  const der = Buffer.from(text.replace(/-----[A-Z ]+-----|\s|\\n/g, ''), 'base64');
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
