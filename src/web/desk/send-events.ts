import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { SendId } from '../../ids.ts';
import { keepPrivate } from '../headers.ts';
import type { SendWatches, Viewer } from './send-watch.ts';

/** Proxies end what is silent, nginx after 60 s (proxy_read_timeout). */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** The browser then asks again by itself, and whoever has signed out meanwhile is no longer told. */
const LIFE_MS = 10 * MINUTE_MS;

/** A send's progress as server-sent events (HTML standard, section 9.2): each is a whole, so none is missed. */
export function streamSend(watches: SendWatches, reply: FastifyReply, send: SendId): FastifyReply {
  const stream = new PassThrough();
  const viewer: Viewer = {
    // one who reads slowly gets the newest when there is room again, not all that were before it
    show: (progress) => {
      if (!stream.writableNeedDrain) stream.write(`data: ${JSON.stringify(progress)}\n\n`);
    },
    end: () => stream.end(),
  };
  stream.write('retry: 2000\n\n');
  const stop = watches.watch(send, viewer);
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
  const life = setTimeout(() => stream.end(), LIFE_MS);
  stream.once('close', () => {
    stop();
    clearInterval(heartbeat);
    clearTimeout(life);
  });
  keepPrivate(reply);
  return reply.headers({ 'x-accel-buffering': 'no' }).type('text/event-stream; charset=utf-8').send(stream);
}
