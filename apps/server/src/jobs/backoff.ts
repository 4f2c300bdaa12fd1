/**
 * Seconds to wait after the `attempt`-th failure: 1, 4, 16 ... up to an hour, each shortened by up to a quarter at random so that jobs that
 * failed together do not come back together.
 */
export function exponentialBackoff(attempt: number): number {
  return Math.min(4 ** (attempt - 1), 3600) * (1 - Math.random() / 4);
}
