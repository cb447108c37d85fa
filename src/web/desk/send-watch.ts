import { SECOND_MS } from '../../clock.ts';
import { receipt } from '../../delivery/receipt.ts';
import type { SendId } from '../../ids.ts';
import { limitsInForce } from '../../outbound/throttle-store.ts';
import type { Web } from '../web-parts.ts';
import { Pace } from './pace.ts';
import { doneOf, type Progress, progressOf } from './send-progress.ts';

/** Someone who watches a send. */
export interface Viewer {
  show(progress: Progress): void;
  /** Nothing more comes. */
  end(): void;
}

interface Watch {
  readonly viewers: Set<Viewer>;
  last: Progress | null;
}

/** At most twice a second. */
const LOOK_MS = SECOND_MS / 2;
/** Looking takes its share of the database, not more, however slow that is just now. */
const REST_PER_LOOK = 9;

/** Sends that are being watched: whoever they are and however many, each send is looked at once. */
export class SendWatches {
  readonly #web: Pick<Web, 'db' | 'clock' | 'log'>;
  readonly #watches = new Map<SendId, Watch>();
  readonly #paces = new Map<SendId, Pace>();
  #closed = false;

  constructor(web: Pick<Web, 'db' | 'clock' | 'log'>) {
    this.#web = web;
  }

  /** Where a send stands, for a page; pages that are loaded again and again learn the pace too. */
  async look(id: SendId) {
    const now = await receipt(this.#web.db, id);
    const at = this.#web.clock.now().getTime();
    for (const [send, pace] of this.#paces) if (pace.isOver(at)) this.#paces.delete(send);
    const pace = this.#paces.get(id) ?? new Pace();
    const rate = now.state === 'sending' ? pace.note({ at, done: doneOf(now) }) : null;
    const limits = now.state === 'sending' && now.queued > 0 ? await limitsInForce(this.#web.db) : [];
    const progress = progressOf(now, rate, limits);
    if (now.state === 'sending') this.#paces.set(id, pace);
    else this.#paces.delete(id);
    return { receipt: now, progress };
  }

  /** Shows a viewer what changes, until the send is over. Answers how to stop. */
  watch(id: SendId, viewer: Viewer): () => void {
    const watch = this.#watches.get(id) ?? this.#start(id);
    watch.viewers.add(viewer);
    if (watch.last) viewer.show(watch.last);
    return () => watch.viewers.delete(viewer);
  }

  /** Ends every viewer's stream: a server that closes waits for each answer it has begun. */
  close(): void {
    this.#closed = true;
    for (const [id, watch] of this.#watches) this.#end(id, watch);
  }

  #start(id: SendId): Watch {
    const watch: Watch = { viewers: new Set(), last: null };
    this.#watches.set(id, watch);
    void this.#keepLooking(id, watch);
    return watch;
  }

  async #keepLooking(id: SendId, watch: Watch): Promise<void> {
    do {
      const started = performance.now();
      const progress = await this.#tryToLook(id);
      if (progress) tell(watch, progress);
      if (progress?.final || this.#closed) break;
      await pause(Math.max(LOOK_MS, REST_PER_LOOK * (performance.now() - started)));
    } while (watch.viewers.size > 0);
    this.#end(id, watch);
  }

  /** A database that is away for a while is looked at again. */
  async #tryToLook(id: SendId): Promise<Progress | null> {
    try {
      return (await this.look(id)).progress;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!this.#closed) this.#web.log.warn({ event: 'send not looked at', send: id, reason });
      return null;
    }
  }

  #end(id: SendId, watch: Watch): void {
    if (this.#watches.get(id) === watch) this.#watches.delete(id);
    for (const viewer of watch.viewers) viewer.end();
    watch.viewers.clear();
  }
}

function tell(watch: Watch, progress: Progress): void {
  if (JSON.stringify(progress) === JSON.stringify(watch.last)) return;
  watch.last = progress;
  for (const viewer of watch.viewers) viewer.show(progress);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
