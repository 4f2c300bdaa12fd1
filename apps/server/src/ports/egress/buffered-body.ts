import { decodeWhole } from './content-decoding.ts';
import { EgressError } from './egress-error.ts';
import type { BodyFlow, BodySink, ResponseHead } from './exchange.ts';

/** Collects a response body in memory, up to a limit. */
export class BufferedBody implements BodySink {
  /** Settles when the body is complete or the exchange has failed. */
  readonly done: Promise<void>;
  readonly #maxBytes: number;
  readonly #wanted: (head: ResponseHead) => boolean;
  readonly #chunks: Uint8Array[] = [];
  #head: ResponseHead | undefined;
  #headersAt = 0;
  #size = 0;
  #flow: BodyFlow | undefined;
  #resolve: () => void = () => {};
  #reject: (error: EgressError) => void = () => {};

  /**
   * @param maxBytes limit before and after decoding
   * @param wanted false for heads whose body is to be thrown away (redirects)
   */
  constructor(maxBytes: number, wanted: (head: ResponseHead) => boolean) {
    this.#maxBytes = maxBytes;
    this.#wanted = wanted;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The response head. Present once `done` has resolved. */
  get head(): ResponseHead {
    if (!this.#head) throw new EgressError('INVALID_RESPONSE', 'The response ended before it began');
    return this.#head;
  }

  /** Monotonic milliseconds at which the head came. */
  get headersAt(): number {
    return this.#headersAt;
  }

  /** The decoded bytes. @throws EgressError `RESPONSE_TOO_LARGE`, `INVALID_RESPONSE` */
  async bytes(): Promise<Uint8Array> {
    const raw = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const encoding = this.head.headers['content-encoding'];
    return encoding === undefined || raw.length === 0 ? raw : decodeWhole(raw, encoding, this.#maxBytes);
  }

  start(head: ResponseHead, flow: BodyFlow): boolean {
    this.#head = head;
    this.#headersAt = performance.now();
    this.#flow = flow;
    if (this.#wanted(head)) return true;
    this.#resolve();
    return false;
  }

  data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) this.#flow?.abort(tooLarge(this.#maxBytes));
    else this.#chunks.push(chunk);
  }

  end(): void {
    this.#resolve();
  }

  fail(error: EgressError): void {
    this.#reject(error);
  }
}

/** The error for a body beyond its limit. */
export function tooLarge(maxBytes: number): EgressError {
  return new EgressError('RESPONSE_TOO_LARGE', `The response has more than ${maxBytes} bytes`);
}
