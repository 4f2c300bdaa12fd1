import { invalid } from '../../refusal.ts';

/** Seconds per unit, in the spellings of the contract's `ExpiresIn` pattern. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  millisecond: 0.001,
  s: 1,
  second: 1,
  m: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
  // As the libraries that made this notation popular count it.
  y: 31_557_600,
  year: 31_557_600,
};

const LEAST = 30;

/**
 * Reads `expires_in` (contract schema `ExpiresIn`): whole seconds, or a text such as `10h`, `7d`, `2 days`; a text without a unit is seconds.
 * Answers whole seconds. Throws 400 when it cannot be read, or is under 30 seconds or over `longest`.
 */
export function readDuration(value: unknown, longest: number): number {
  const seconds = typeof value === 'number' ? value : secondsOf(String(value));
  if (!Number.isFinite(seconds)) throw bad('must be seconds or a duration such as 10h or 7d');
  if (seconds < LEAST || seconds > longest) throw bad(`must be from ${LEAST} seconds to ${longest} seconds`);
  return Math.floor(seconds);
}

function secondsOf(text: string): number {
  const match = /^(\d{1,12}) ?([a-z]*)$/.exec(text);
  if (!match) return Number.NaN;
  const [, amount, name = ''] = match;
  const unit = name === '' ? 1 : (UNITS[name] ?? UNITS[name.replace(/s$/, '')]);
  return unit === undefined ? Number.NaN : Number(amount) * unit;
}

function bad(message: string) {
  return invalid({ path: 'body.expires_in', message }, 'INVALID_EXPIRY');
}
