import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.ts';
import type { EgressRequest } from './egress.ts';
import type { EgressError } from './egress-error.ts';
import type { OriginPool } from './origin-pools.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { Target } from './target.ts';
import { toEgressError } from './transport-error.ts';

/** One request to one origin, ready to be sent. */
export interface Hop {
  readonly target: Target;
  readonly method: EgressRequest['method'];
  readonly headers: RequestHeaders;
  readonly body: string | Uint8Array | undefined;
}

/** The start of a response: status and header fields, names in lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of the response body. */
export interface BodySink {
  /** The response begins. `false` when its body is not wanted: the exchange ends here, successfully. */
  start(head: ResponseHead, flow: BodyFlow): boolean;
  data(chunk: Uint8Array): void;
  end(): void;
  /** The exchange failed, before or during the body. Called at most once, and never after `end`. */
  fail(error: EgressError): void;
}

/** How a sink steers the connection. */
export interface BodyFlow {
  pause(): void;
  resume(): void;
  /** Gives the exchange up; the connection is closed. */
  abort(error: EgressError): void;
}

/** Sends one admitted hop over its pool and feeds the sink. Failures, the deadline included, arrive at `sink.fail`. */
export function exchange(origin: OriginPool, hop: Hop, sink: BodySink, deadline: Deadline): void {
  const handler = new ExchangeHandler(origin, hop, sink);
  deadline.onExpiry((error) => handler.abort(error));
  try {
    origin.pool.dispatch(
      {
        path: hop.target.path,
        method: hop.method,
        headers: [...hop.headers].flat(),
        body: hop.body ?? null,
      },
      handler,
    );
  } catch (cause) {
    handler.onResponseError(undefined, cause);
  }
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #origin: OriginPool;
  readonly #hop: Hop;
  readonly #sink: BodySink;
  #controller: Dispatcher.DispatchController | undefined;
  /** The sink has heard the end of it. */
  #settled = false;
  /** The client has let go of the request. */
  #released = false;

  constructor(origin: OriginPool, hop: Hop, sink: BodySink) {
    this.#origin = origin;
    this.#hop = hop;
    this.#sink = sink;
  }

  /** Fails the exchange now. A request still waiting for a connection is called off when its turn comes. */
  abort(error: EgressError): void {
    this.#fail(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up while waiting'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    fields: IncomingHttpHeaders,
  ): void {
    // 1xx answers announce the real one.
    if (this.#settled || status < 200) return;
    const flow: BodyFlow = {
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: (error) => this.abort(error),
    };
    if (this.#sink.start({ status, headers: joinFields(fields) }, flow)) return;
    this.#settled = true;
    controller.abort(new Error('body not wanted'));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (!this.#settled) this.#sink.data(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#settled) return;
    this.#settled = true;
    this.#sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: unknown): void {
    this.#release();
    this.#fail(toEgressError(cause, this.#hop.target.url.host));
  }

  #fail(error: EgressError): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#sink.fail(error);
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#origin.release();
  }
}

function joinFields(fields: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = Object.create(null);
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}
