import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { within } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { JOB_PAYLOADS, type Job, type JobName, jobId, type Payload } from './jobs.ts';

/** BullMQ on either back-end: one queue for each kind of job. */
export interface Queues {
  /** Adds a wake-up; one with the same id that is still there makes it nothing. */
  add(job: Job): Promise<void>;
  /** Takes jobs until it is closed; closing waits for those that run. */
  work<Name extends JobName>(
    name: Name,
    handler: (payload: Payload<Name>) => Promise<void>,
    concurrency: number,
  ): Closable;
  /** Is the queue's server there? Throws if not. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Closable {
  close(): Promise<void>;
}

interface RawJob {
  readonly data: unknown;
}

/** What both back-ends' classes have in common. */
interface Backend {
  queue(name: string): BackendQueue;
  worker(name: string, handler: (job: RawJob) => Promise<void>, concurrency: number): BackendWorker;
  close(): Promise<void>;
}

interface BackendQueue extends Closable {
  add(name: string, data: unknown, options: object): Promise<unknown>;
  getJobCounts(...types: 'waiting'[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface BackendWorker extends Closable {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
}

/** A queue that is away must hold up nobody: the reconciler adds the wake-up again when it is back. */
const ADD_TIMEOUT_MS = 5000;
/**
 * A worker that dies between taking a wake-up and claiming what it is for leaves the wake-up taken, and the
 * reconciler cannot add it again. BullMQ gives it back when its lock has run out, and at its defaults that is up to
 * a minute. Given back too early it is only run twice.
 */
const LOCK_MS = 5000;
/** How long the queue is waited for when the last job is done, or the last wake-up was added. */
const GOODBYE_MS = 2000;
const WORKING = { lockDuration: LOCK_MS, stalledInterval: LOCK_MS } as const;

/** Wake-ups leave no trace: what happened stands in the tables, and a finished id can be used again. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

export function openQueues(config: Config['queue'], databaseUrl: string, log: Log): Queues {
  const backend = config.kind === 'redis' ? redisBackend(config.url, log) : postgresBackend(databaseUrl);
  const queues = new Map<JobName, BackendQueue>();
  // a pool says that it is closed before its connections are: what becomes of them then is no fault
  let closing = false;
  // opened when first needed: a command wakes workers for one kind of job, and ends
  const open = (name: JobName): BackendQueue => {
    const queue = backend.queue(`pressrun-${name}`);
    queue.on('error', (error: Error) => closing || logFault(log, name, error));
    queues.set(name, queue);
    return queue;
  };
  const queueOf = (name: JobName) => queues.get(name) ?? open(name);

  return {
    async add(job) {
      const { name, ...payload } = job;
      const added = queueOf(name).add(name, payload, { ...JOB_OPTIONS, jobId: jobId(job) });
      if (!(await within(ADD_TIMEOUT_MS, added)))
        throw new Error(`the queue did not answer within ${ADD_TIMEOUT_MS} ms`);
    },
    work(name, handler, concurrency) {
      const running = new Set<Promise<void>>();
      const run = async (job: RawJob) => {
        const done = handler(JOB_PAYLOADS[name].parse(job.data) as Payload<typeof name>);
        running.add(done);
        await done.finally(() => running.delete(done));
      };
      const worker = backend.worker(`pressrun-${name}`, run, concurrency);
      let leaving = false;
      worker.on('error', (error: Error) => leaving || logFault(log, name, error));
      worker.on('failed', (_job: unknown, error: Error) =>
        log.error({ event: 'job failed', job: name, err: error }),
      );
      return {
        close() {
          leaving = true;
          return closeWorker(worker, running);
        },
      };
    },
    async check() {
      await queueOf('batch').getJobCounts('waiting');
    },
    async close() {
      closing = true;
      const closed = [...queues.values()].map((queue) => queue.close());
      await within(GOODBYE_MS, Promise.allSettled(closed));
      await backend.close();
    },
  };
}

/** A queue that is away does not hear that its worker goes: only the jobs under way are waited for. */
async function closeWorker(worker: Closable, running: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = worker.close();
  closed.catch(() => {});
  const done = Promise.allSettled(running).then(
    () => new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref()),
  );
  await Promise.race([closed, done]);
}

function logFault(log: Log, job: JobName, error: Error): void {
  log.warn({ event: 'queue fault', job, reason: error.message });
}

function postgresBackend(url: string): Backend {
  const bound = withBackend(createPostgresBackend);
  // a pool for each queue and worker: wake-ups are few
  const connection = { connectionString: url, max: 2, application_name: 'pressrun queue' };
  return {
    queue: (name) => new bound.Queue(name, { connection }),
    worker: (name, handler, concurrency) =>
      new bound.Worker(name, handler, { connection, concurrency, ...WORKING }),
    close: async () => {},
  };
}

function redisBackend(url: string, log: Log): Backend {
  // a command waits for a Redis that is away: the reconciler makes up for whatever was not added
  const connect = () => {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: (tries) => Math.min(tries * 200, 2000),
    });
    redis.on('error', (error) => log.warn({ event: 'redis fault', reason: error.message }));
    return redis;
  };
  const shared = connect();
  return {
    queue: (name) => new Queue(name, { connection: shared }),
    worker: (name, handler, concurrency) =>
      new Worker(name, handler, { connection: shared, concurrency, ...WORKING }),
    async close() {
      shared.disconnect();
    },
  };
}
