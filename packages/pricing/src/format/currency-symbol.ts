/** The symbol `Intl` shows for a currency in a locale, or its code where there is none (spec A17). */
export function getCurrencySymbol(currency: string, locale: string): string {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
}
