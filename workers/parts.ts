import type { Clock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import type { Db } from '../src/db/database.ts';
import type { Log } from '../src/log.ts';
import type { Signer } from '../src/outbound/dkim.ts';
import type { Outbound } from '../src/outbound/outbound.ts';
import type { Queues } from '../src/queue/queues.ts';
import type { BounceAddresses } from '../src/tokens/bounce-address.ts';
import type { Tokens } from '../src/tokens.ts';

/** What the workers need of a running press. */
export interface WorkerParts {
  readonly db: Db;
  readonly queues: Queues;
  readonly outbound: Outbound;
  readonly bounces: BounceAddresses | null;
  readonly signer: Signer | null;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string;
  readonly limits: Config['limits'];
}
