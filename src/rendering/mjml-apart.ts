import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { MjmlAnswer, MjmlOrder } from './mjml-order.ts';

const IDLE_MS = 10_000;

interface Waiting {
  readonly resolve: (html: string) => void;
  readonly reject: (error: Error) => void;
}

/** Compiles in a process of its own, which is started when it is needed and ended when it is not. */
export class MjmlApart {
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;
  #orders = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** @throws as MJML does, and when the process ends by itself: whoever asked tries again. */
  compile(mjml: string): Promise<string> {
    clearTimeout(this.#idle);
    this.#child ??= this.#start();
    const order: MjmlOrder = { id: this.#orders++, mjml };
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.id, { resolve, reject });
      this.#child?.ref();
      this.#child?.send(order, (error) => error && this.#end(error));
    });
  }

  #start(): ChildProcess {
    const child = fork(path.join(import.meta.dirname, 'mjml-process.ts'), { execArgv: [] });
    child.on('message', (answer: MjmlAnswer) => this.#hear(answer));
    child.on('exit', () => {
      if (this.#child === child) this.#end(new Error('the process that compiles letters ended'));
    });
    child.on('error', (error) => this.#end(error));
    return child;
  }

  #hear(answer: MjmlAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('html' in answer) waiting?.resolve(answer.html);
    else waiting?.reject(new Error(answer.fault));
    if (this.#waiting.size > 0) return;
    // it keeps nobody from leaving
    this.#child?.unref();
    this.#child?.channel?.unref();
    this.#idle = setTimeout(() => this.#end(new Error('idle')), IDLE_MS).unref();
  }

  #end(error: Error): void {
    const child = this.#child;
    this.#child = null;
    if (child?.connected) child.disconnect();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
