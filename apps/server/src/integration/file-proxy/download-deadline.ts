import { fileProxyFailure } from './file-proxy-failure.ts';

/** Milliseconds for one request, and for all of them together (erp-integration.md 12.6). */
const REQUEST_MS = 30_000;
const TOTAL_MS = 60_000;

/** The time that one download may take. */
export class DownloadDeadline {
  readonly #end: number;

  constructor(totalMs: number = TOTAL_MS) {
    this.#end = performance.now() + totalMs;
  }

  /** Milliseconds that the next request may take. @throws Refusal 504 `TIMEOUT` when none are left */
  next(): number {
    const left = Math.floor(this.#end - performance.now());
    if (left <= 0) throw fileProxyFailure('TIMEOUT', 'The download took too long');
    return Math.min(left, REQUEST_MS);
  }
}
