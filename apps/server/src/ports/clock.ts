/** Where the server gets the time from, so that expiry, retries and retention can be tested without waiting. */
export interface Clock {
  /** The current instant (UTC). */
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is told otherwise. */
export interface SettableClock extends Clock {
  /** Moves the clock to an instant, forwards or backwards. */
  set(instant: Date): void;
  /** Moves the clock forwards by a number of milliseconds. */
  advance(milliseconds: number): void;
}

/**
 * Makes a clock for tests and rehearsals.
 * @param start the instant (UTC) it shows until it is moved
 */
export function createSettableClock(start: Date): SettableClock {
  let current = start.getTime();
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = instant.getTime();
    },
    advance: (milliseconds) => {
      current += milliseconds;
    },
  };
}
