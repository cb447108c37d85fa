import type { FastifyInstance } from 'fastify';
import type { WorkerParts } from '../workers/parts.ts';
import { type Clock, SECOND_MS, systemClock, within } from './clock.ts';
import { type Config, readConfig } from './config.ts';
import { type Database, type Db, openDatabase } from './db/database.ts';
import { migrate, missingMigrations } from './db/migrate.ts';
import { embeddedSecret } from './embedded/app-secret.ts';
import { findCaught, listCaught } from './embedded/caught-mail-store.ts';
import { type EmbeddedPostgres, useEmbedded } from './embedded/embedded-postgres.ts';
import { createLog, type Log } from './log.ts';
import { takeStretch } from './outbound/allowance-store.ts';
import { createSigner, type Signer } from './outbound/dkim.ts';
import { createOutbound, type Outbound } from './outbound/outbound.ts';
import { checkSecret } from './publications/installation.ts';
import type { Queues } from './queue/queues.ts';
import { Fault } from './result.ts';
import { type BounceAddresses, createBounceAddresses } from './tokens/bounce-address.ts';
import { createTokens, type Tokens } from './tokens.ts';
import type { WebParts } from './web/web-parts.ts';

/** What every command and process stands on. */
export interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly tokens: Tokens;
  readonly bounces: BounceAddresses | null;
  readonly signer: Signer | null;
  readonly embedded: EmbeddedPostgres | null;
  /** Those that opening it ran. */
  readonly migrations: readonly string[];
  close(): Promise<void>;
}

/** The way out: the operator's servers, or the built-in catcher. */
export interface Mail {
  readonly outbound: Outbound;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly exclusive?: 'start';
  /** Bring a database of the operator's own up to date too; an embedded one always is. */
  readonly migrate?: boolean;
  /** Called on an embedded database that is up to date: the sample publication is made there. */
  readonly prepare?: (parts: Parts) => Promise<void>;
}

/**
 * The environment, read here and nowhere else.
 *
 * @param logLevel where LOG_LEVEL is unset: events that a program collects are noise to a person.
 */
export function readEnvironment(logLevel: 'info' | 'warn'): Config {
  return readConfig({ LOG_LEVEL: logLevel, ...process.env });
}

/** Where the servers are, for a sentence about one that does not answer; never with a user or a password. */
export function describeSurroundings(): { postgres: string | null; redis: string | null; dataDir: string } {
  const { DATABASE_URL, REDIS_URL, DATA_DIR } = process.env;
  return {
    postgres: hostAndPort(DATABASE_URL, 5432),
    redis: hostAndPort(REDIS_URL, 6379),
    dataDir: DATA_DIR ?? '.data',
  };
}

function hostAndPort(url: string | undefined, port: number): string | null {
  if (!url || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  return `${parsed.hostname}:${parsed.port || port}`;
}

export async function openParts(config: Config, options: OpenOptions = {}): Promise<Parts> {
  const log = createLog(config.logLevel);
  const embedded =
    config.database.kind === 'embedded'
      ? await useEmbedded(config.dataDir, { exclusive: options.exclusive ?? null, log })
      : null;
  const databaseUrl = config.database.kind === 'url' ? config.database.url : (embedded?.databaseUrl ?? '');
  const database = openDatabase(databaseUrl, {
    onLostConnection: (error) => log.warn({ event: 'database connection lost', reason: error.message }),
  });
  const close = async () => {
    await within(5 * SECOND_MS, database.close());
    await embedded?.release();
  };
  try {
    const migrations = await bringUpToDate(database, embedded !== null || options.migrate === true);
    const secrets = config.secrets ?? [await embeddedSecret(config.dataDir)];
    await checkSecret(database.db, secrets);
    const parts = {
      config,
      clock: systemClock,
      log,
      database,
      databaseUrl,
      tokens: createTokens(secrets),
      bounces: bounceAddresses(config, secrets),
      signer: createSigner(config.dkim),
      embedded,
      migrations,
      close,
    };
    if (embedded) await options.prepare?.(parts);
    return parts;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Letters name an address to leave by mail only where such mail is heard. */
function bounceAddresses(
  { bounceDomain, bounceSmtpPort, bounceMailbox }: Config,
  secrets: readonly string[],
): BounceAddresses | null {
  const heard = bounceSmtpPort !== null || bounceMailbox !== null;
  return bounceDomain === null ? null : createBounceAddresses(bounceDomain, secrets, { heard });
}

async function bringUpToDate(database: Database, mayMigrate: boolean): Promise<readonly string[]> {
  if (mayMigrate) return migrate(database);
  const missing = await missingMigrations(database.db);
  if (missing.length === 0) return [];
  throw new Fault('not_migrated', `The database lacks ${missing.join(', ')}: run "pressrun migrate".`);
}

/** Opens the way out, and with it the catcher where no server is named. */
export async function openMail({ config, clock, database, log }: Parts): Promise<Mail> {
  const rates = {
    overall: config.sendRate,
    takeStretch: (name: string, stretchMs: number) => takeStretch(database.db, name, stretchMs),
  };
  if (config.mail.kind === 'servers') {
    const outbound = createOutbound(config.mail.servers, clock, rates);
    return { outbound, close: () => outbound.close() };
  }
  const { smtpSizeLimit, caughtMails } = config.limits;
  const { startCatcher } = await import('./embedded/catcher.ts');
  const catcher = await startCatcher({ db: database.db, sizeLimit: smtpSizeLimit, keep: caughtMails, log });
  const target = {
    host: '127.0.0.1',
    port: catcher.port,
    secure: false,
    auth: null,
    connections: 10,
    depth: 1,
    rate: null,
    weight: 1,
  };
  const outbound = createOutbound([target], clock, rates);
  return {
    outbound,
    async close() {
      await outbound.close();
      await catcher.close();
    },
  };
}

/** @throws {Fault} `redis_unreachable`: the client itself would wait for ever. */
export async function openQueuesOf({ config, databaseUrl, log }: Parts): Promise<Queues> {
  const { openQueues } = await import('./queue/queues.ts');
  const queues = openQueues(config.queue, databaseUrl, log);
  const answered = await within(5 * SECOND_MS, queues.check());
  if (answered) return queues;
  void queues.close().catch(() => {});
  const where = config.queue.kind === 'redis' ? hostAndPort(config.queue.url, 6379) : 'the database';
  throw new Fault(
    'redis_unreachable',
    `The queue at ${where} does not answer: start it, or correct REDIS_URL.`,
    'failure',
  );
}

export interface Roles {
  readonly web: boolean;
  readonly workers: boolean;
}

export interface Running {
  /** Stops taking work, ends what is in flight, then closes what it stood on. */
  close(): Promise<void>;
}

/**
 * Starts the roles of a process. Pages come before workers, so that a port in use ends it before any mail;
 * workers leave first, so that what they have in flight is recorded while everything else still stands.
 */
export async function run(parts: Parts, roles: Roles): Promise<Running> {
  const opened: Running[] = [];
  const keep = <Part extends Running>(part: Part): Part => {
    opened.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of opened.splice(0)) await part.close();
  };
  try {
    const queues = keep(await openQueuesOf(parts));
    const mail = roles.workers ? keep(await openMail(parts)) : null;
    if (roles.web) await listen(keep(await openWeb(parts, queues, mail)), parts);
    for (const way of await openIncoming(parts, queues, roles)) keep(way);
    if (mail) warnOfShortKeys(parts);
    if (mail) keep(await startWork({ ...depsOf(parts), queues, outbound: mail.outbound }));
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** RFC 8301 section 3.2: signers should use 2048 bits; shorter keys still verify. */
function warnOfShortKeys({ config, log }: Parts): void {
  for (const { selector, bits } of config.dkim)
    if (bits !== null && bits < 2048) log.warn({ event: 'dkim key is short', selector, bits });
}

// Loaded when a process needs them: `publication list` need not wait for Fastify and the letter's compiler.

async function startWork(parts: WorkerParts): Promise<Running> {
  const { startWorkers } = await import('../workers/main.ts');
  return startWorkers(parts);
}

async function openIncoming(parts: Parts, queues: Queues, roles: Roles): Promise<Running[]> {
  const { bounceSmtpPort, bounceMailbox } = parts.config;
  if (bounceSmtpPort === null && bounceMailbox === null) return [];
  const { openIncomingMail } = await import('./main/incoming-mail.ts');
  return openIncomingMail(parts, queues, roles);
}

async function openWeb(parts: Parts, queues: Queues, mail: Mail | null): Promise<FastifyInstance> {
  const [{ buildWeb }, { createVerifiers }, { fetchText }] = await Promise.all([
    import('./web/app.ts'),
    import('./feedback/verifiers.ts'),
    import('./feedback/providers/sns-fetch.ts'),
  ]);
  const { database, config } = parts;
  const catches = config.mail.kind === 'catcher';
  return buildWeb({
    ...depsOf(parts),
    queues,
    pool: database.pool,
    checkMail: mailCheck(parts, mail),
    metricsToken: config.metricsToken,
    host: config.host,
    trustProxy: config.trustProxy,
    hooks: createVerifiers(config.hooks, fetchText),
    caughtMail: catches ? caughtMailOf(database.db) : null,
  });
}

/** The pages send nothing themselves, but know the servers where they are named. */
function mailCheck({ config, clock }: Parts, mail: Mail | null): WebParts['checkMail'] {
  const { mail: named } = config;
  const outbound = mail?.outbound ?? (named.kind === 'servers' ? createOutbound(named.servers, clock) : null);
  if (!outbound) return null;
  return async () => {
    const answer = await outbound.check();
    if (!answer.ok) throw new Error(answer.error);
  };
}

function caughtMailOf(db: Db): WebParts['caughtMail'] {
  return {
    list: (page) => listCaught(db, page),
    find: (id) => findCaught(db, id),
    parse: async (raw) => (await import('./embedded/caught-mail.ts')).parseCaught(raw),
  };
}

async function listen(app: FastifyInstance, { config, log }: Parts): Promise<void> {
  const { host, port } = config;
  await app.listen({ host, port });
  log.info({ event: 'listening', host, port });
}

/** What the domain's functions ask for, each a part of this. */
export function depsOf({ database, tokens, bounces, signer, clock, log, config }: Parts) {
  const { publicUrl, limits } = config;
  return { db: database.db, tokens, bounces, signer, clock, log, publicUrl, limits };
}
