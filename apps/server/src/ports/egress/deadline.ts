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
 * @param signal ends it early (EgressError `CLOSED`)
 */
export function startDeadline(timeoutMs: number, host: string, signal?: AbortSignal): Deadline {
  let expired: EgressError | undefined;
  let end: ((error: EgressError) => void) | undefined;
  const expire = (error: EgressError) => {
    expired ??= error;
    end?.(expired);
  };
  const timer = setTimeout(
    () => expire(new EgressError('TIMEOUT', `${host} did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const giveUp = () => expire(new EgressError('CLOSED', `The exchange with ${host} was given up`));
  if (signal?.aborted) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });
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
      signal?.removeEventListener('abort', giveUp);
      end = undefined;
    },
  };
  return deadline;
}
