import { type Config, requirePublicUrl } from '../config.ts';
import { Fault } from '../result.ts';

/** @throws {Fault} where a production process lacks what has a default only for trying things out. */
export function requireProduction(config: Config, name: 'web' | 'worker'): void {
  if (config.database.kind === 'embedded') {
    throw new Fault(
      'no_database_url',
      `"pressrun ${name}" needs DATABASE_URL (for one process with everything: "pressrun start").`,
    );
  }
  if (name === 'worker') requireMailServer(config);
  requirePublicUrl(config);
}

/** @throws {Fault} `no_smtp_url`: a forgotten variable must not "deliver" real letters to the catcher. */
export function requireMailServer({ mail }: Config): void {
  if (mail.kind === 'catcher' && !mail.asked) {
    throw new Fault(
      'no_smtp_url',
      'SMTP_URL is not set: name the mail server, or say "catch:" to keep all mail here.',
    );
  }
}
