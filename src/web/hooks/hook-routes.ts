import type {
  FastifyError,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { Inbox } from '../../feedback/inbox.ts';
import type { HookRefusal, Verify } from '../../feedback/providers/hook.ts';
import type { ProviderName } from '../../feedback/raw-event.ts';
import { clientPrefix } from '../client-prefix.ts';
import { wakeInbox } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { BODY_LIMIT_BYTES, HookGate, type Leave } from './hook-gate.ts';

/** What a refused request is told; the words help an operator who tries it out, and a forger not at all. */
const REFUSALS: Readonly<Record<HookRefusal, readonly [status: number, message: string]>> = {
  forged: [401, 'not signed or authorised by what this press knows'],
  late: [401, 'signed at a time too far from now'],
  malformed: [400, 'not in the form of this provider'],
  unavailable: [503, 'cannot be verified now, try again'],
};

/**
 * Where providers report what became of the mail: verified over the raw bytes, deduplicated and durable before the
 * answer, processed by the workers. A hook without a secret is not there.
 */
export function hookRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    const inbox = new Inbox({ db: web.db, wake: (first) => wakeInbox(web, first) });
    const gate = new HookGate(web.hookGate);
    takeRawBody(app);
    answerFaults(app, web);
    watchGate(app, gate);
    for (const [source, verify] of web.hooks)
      app.post(`/${source}`, take({ web, inbox, gate, source, verify }));
  };
}

interface Hook {
  readonly web: Web;
  readonly inbox: Inbox;
  readonly gate: HookGate;
  readonly source: ProviderName;
  readonly verify: Verify;
}

function take({ web, inbox, gate, source, verify }: Hook) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
    const verdict = await verify({ headers: request.headers, body, now: web.clock.now() });
    if (!verdict.ok) {
      await gate.countRefused(networkOf(request));
      web.log.info({ event: 'hook refused', source, reason: verdict.error });
      const [status, message] = REFUSALS[verdict.error];
      return answer(reply, status, message);
    }
    const receipt = await inbox.receive({ source, ...verdict.value, body });
    if (receipt === 'repeated') await gate.countRepeated(networkOf(request));
    return reply.code(200).send({ received: receipt });
  };
}

/** Verifying needs the bytes as they came, whatever type they say they are: SNS calls its JSON text/plain. */
function takeRawBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
}

/** Before the body is read; what it takes is given back when the answer is out, or the client gone. */
function watchGate(app: FastifyInstance, gate: HookGate): void {
  const inside = new WeakMap<FastifyRequest, Leave>();
  const leave = async (request: FastifyRequest) => inside.get(request)?.();
  app.addHook('onRequest', async (request, reply) => {
    const entered = await gate.enter(networkOf(request), declaredBytes(request));
    if (typeof entered !== 'number') {
      inside.set(request, entered);
      return;
    }
    reply.header('retry-after', String(entered));
    await answer(reply, 429, 'too many requests');
  });
  app.addHook('onResponse', leave);
  app.addHook('onRequestAbort', leave);
}

/** A body that does not say how long it is may be as long as any. */
function declaredBytes({ headers }: FastifyRequest): number {
  const declared = Number(headers['content-length'] ?? BODY_LIMIT_BYTES);
  return Math.min(Number.isFinite(declared) ? declared : BODY_LIMIT_BYTES, BODY_LIMIT_BYTES);
}

function networkOf(request: FastifyRequest): string {
  return clientPrefix(request.ip) ?? request.ip;
}

/** Programs read these answers; at a fault of ours the provider comes again. */
function answerFaults(app: FastifyInstance, web: Web): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return answer(reply, status, error.message);
    web.log.error({ event: 'hook failed', route: request.routeOptions.url ?? 'none', reason: error.message });
    reply.header('retry-after', '5');
    return answer(reply, 503, 'not stored, try again');
  });
}

function answer(reply: FastifyReply, status: number, message: string): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="hooks"');
  return reply.code(status).send({ error: { code: String(status), message } });
}
