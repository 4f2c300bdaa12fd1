import { EgressError } from './egress-error.ts';

/** The time one request may take in all, from the call to the last byte. */
export interface Deadline {
  /** Names what is to be ended when time is up; replaces what was named before. Called at once if it is up already. */
  onExpiry(end: (error: EgressError) => void): void;
  /** Waits for a promise, but no longer than the deadline. @throws EgressError `TIMEOUT` */
  limit<T>(promise: Promise<T>): Promise<T>;
  /** Stops the timer; nothing is ended any more. */
  clear(): void;
}

/**
 * Starts the time of a request.
 * @param timeoutMs milliseconds from now
 * @param host host and port, for the message
 */
export function startDeadline(timeoutMs: number, host: string): Deadline {
  let expired: EgressError | undefined;
  let end: ((error: EgressError) => void) | undefined;
  const timer = setTimeout(() => {
    expired = new EgressError('TIMEOUT', `${host} did not answer within ${timeoutMs} ms`);
    end?.(expired);
  }, timeoutMs);
  const deadline: Deadline = {
    onExpiry(next) {
      end = next;
      if (expired) next(expired);
    },
    limit: (promise) =>
      new Promise((resolve, reject) => {
        deadline.onExpiry(reject);
        promise.then(resolve, reject);
      }),
    clear() {
      clearTimeout(timer);
      end = undefined;
    },
  };
  return deadline;
}
