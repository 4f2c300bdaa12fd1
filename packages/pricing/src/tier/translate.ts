/** A translation function as i18next provides it. */
export type Translate = (key: string, options?: { ns?: string; defaultValue?: string }) => string;

/** Says in the customer's language that the price is told on request. */
export function onRequestText(t: Translate): string {
  return t('show_as_on_request', { ns: '', defaultValue: 'Price on request' });
}

/** True if a tier is priced per unit of something worth naming. */
export function hasNamedUnit(unit: string | null | undefined): unit is string {
  return Boolean(unit) && unit !== 'unit';
}
