const FINE_DIGITS = 12;

/** Removes `.00` or `,00` at the end, before a blank and before a slash: "10,00 €/kWh" becomes "10 €/kWh" (spec A17). */
export function omitTrailingDecimalZeros(text: string): string {
  return text.replace(/[.,]00(?=$|\s|\/)/g, '');
}

/**
 * Puts the decimal point into the integer text of an amount × 10^12 (spec A17). Trailing zeros go, except the first
 * digit after the point; zero keeps all its digits.
 */
export function addSeparatorToDineroString(integerText: string): string {
  const padded = integerText.padStart(FINE_DIGITS + 1, '0');
  const whole = padded.slice(0, -FINE_DIGITS);
  const fraction = padded.slice(-FINE_DIGITS);
  if (/^0*$/.test(padded)) return `${whole}.${fraction}`;
  return `${whole}.${fraction.replace(/0+$/, '') || '0'}`;
}
