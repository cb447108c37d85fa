import type { HookSecrets } from '../config/hooks.ts';
import { type Verify, verifyBasic } from './providers/hook.ts';
import { verifyMailgun } from './providers/mailgun.ts';
import { verifySendgrid } from './providers/sendgrid.ts';
import { type FetchCertificate, verifySns } from './providers/sns.ts';
import { sparkpostBatch } from './providers/sparkpost.ts';
import { verifyStandardWebhook } from './providers/standard-webhooks.ts';
import { PROVIDERS, type ProviderName } from './raw-event.ts';

/** The hooks that are there: those with a secret. */
export type Verifiers = ReadonlyMap<ProviderName, Verify>;

export function createVerifiers(secrets: HookSecrets, fetchCertificate: FetchCertificate): Verifiers {
  const made: Record<ProviderName, Verify> = {
    ses: verifySns(secrets.ses, fetchCertificate),
    mailgun: verifyMailgun(secrets.mailgun),
    sendgrid: verifySendgrid(secrets.sendgrid),
    postmark: verifyBasic(secrets.postmark),
    resend: verifyStandardWebhook('svix', secrets.resend),
    brevo: verifyBasic(secrets.brevo),
    sparkpost: verifyBasic(secrets.sparkpost, sparkpostBatch),
    generic: verifyStandardWebhook('webhook', secrets.generic),
  };
  return new Map(
    PROVIDERS.filter((name) => secrets[name].length > 0).map((name) => [name, made[name]] as const),
  );
}
