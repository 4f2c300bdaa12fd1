import { Readable } from 'node:stream';
import { tooLarge } from './buffered-body.ts';
import { decodeStream } from './content-decoding.ts';
import { EgressError } from './egress-error.ts';
import type { BodyFlow, BodySink, ResponseHead } from './exchange.ts';

/** Passes a response body on as it arrives, at the pace of the reader. */
export class StreamedBody implements BodySink {
  /** Settles with the response head, or when the exchange fails before it. */
  readonly head: Promise<ResponseHead>;
  readonly #maxBytes: number;
  readonly #wanted: (head: ResponseHead) => boolean;
  #readable: Readable | undefined;
  #flow: BodyFlow | undefined;
  #complete = false;
  #resolve: (head: ResponseHead) => void = () => {};
  #reject: (error: EgressError) => void = () => {};

  /**
   * @param maxBytes limit after decoding
   * @param wanted false for heads whose body is to be thrown away (redirects)
   */
  constructor(maxBytes: number, wanted: (head: ResponseHead) => boolean) {
    this.#maxBytes = maxBytes;
    this.#wanted = wanted;
    this.head = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * The decoded bytes, counted. To be called once, after `head` has resolved.
   * @param encoding `Content-Encoding` to undo; undefined for none, and for answers that carry no body
   * @param onDone called when the body has been read, given up or has failed
   * @throws EgressError `INVALID_RESPONSE` for an unknown content coding
   */
  bytes(encoding: string | undefined, onDone: () => void): AsyncIterable<Uint8Array> {
    const raw = this.#readable ?? Readable.from([]);
    return counted(encoding === undefined ? raw : decodeStream(raw, encoding), this.#maxBytes, onDone);
  }

  start(head: ResponseHead, flow: BodyFlow): boolean {
    if (!this.#wanted(head)) {
      this.#resolve(head);
      return false;
    }
    this.#flow = flow;
    this.#readable = new Readable({
      read: () => flow.resume(),
      destroy: (error, done) => {
        if (!this.#complete) flow.abort(new EgressError('CLOSED', 'The reader left'));
        done(error);
      },
    });
    // The reader meets the error when it reads; until then nobody listens, and that must not end the process.
    this.#readable.on('error', () => {});
    this.#resolve(head);
    return true;
  }

  data(chunk: Uint8Array): void {
    if (this.#readable?.push(chunk) === false) this.#flow?.pause();
  }

  end(): void {
    this.#complete = true;
    this.#readable?.push(null);
  }

  fail(error: EgressError): void {
    this.#complete = true;
    this.#reject(error);
    this.#readable?.destroy(error);
  }
}

async function* counted(source: Readable, maxBytes: number, onDone: () => void): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } finally {
    source.destroy();
    onDone();
  }
}
