const CENT = { german: 'Cent', other: 'cent' };

const SUB_UNITS: Readonly<Record<string, { german: string; other: string }>> = {
  EUR: CENT,
  USD: CENT,
  CHF: { german: 'Centime', other: 'centime' },
};

/**
 * Writes an amount of sub-units, such as cents, as localized text with the word behind it: `5 Cent` in German, `5
 * cents` and `1 cent` elsewhere. Currencies without a known word use that of the euro.
 */
export function formatSubUnits(
  amount: number,
  digits: { readonly least: number; readonly most: number },
  currency: string,
  locale: string,
): string {
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits.least,
    maximumFractionDigits: digits.most,
  }).format(amount);
  const words = SUB_UNITS[currency] ?? CENT;
  if (locale.split('-')[0] === 'de') return `${number} ${words.german}`;
  return `${number} ${words.other}${amount === 1 ? '' : 's'}`;
}
