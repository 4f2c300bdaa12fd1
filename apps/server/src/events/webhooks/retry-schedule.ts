/** Seconds after the first, second ... failed attempt (erp-integration.md 10.3). */
const PAUSES = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
/** A receiver may ask for more time, but not for ever. */
const LONGEST_RETRY_AFTER = 24 * 3600;

/**
 * Seconds until the next attempt, or undefined when there is none.
 * @param attempts attempts so far @param retries most retries after the first attempt @param retryAfter the receiver's wish in seconds:
 * it may lengthen the pause, never shorten it
 */
export function pauseAfter(
  attempts: number,
  retries: number,
  retryAfter: number | undefined,
): number | undefined {
  const pause = attempts <= retries ? PAUSES[attempts - 1] : undefined;
  if (pause === undefined) return undefined;
  return Math.max(pause, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER));
}

/** Reads `Retry-After`: seconds, or an HTTP date seen from `now`. Undefined when absent or unreadable. */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
