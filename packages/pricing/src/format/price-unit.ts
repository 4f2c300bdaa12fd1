/** What a price without a unit of its own is per. */
export const GENERIC_UNIT_DISPLAY_LABEL = 'unit';

const UNIT_LABELS: ReadonlyMap<string, string> = new Map([
  ['kw', 'kW'],
  ['kwh', 'kWh'],
  ['m', 'm'],
  ['m2', 'm²'],
  ['l', 'l'],
  ['cubic-meter', 'm³'],
  ['cubic-meter-h', 'm³/h'],
  ['ls', 'l/s'],
  ['a', 'A'],
  ['kva', 'kVA'],
  ['w', 'W'],
  ['wp', 'Wp'],
  ['kwp', 'kWp'],
  ['none', GENERIC_UNIT_DISPLAY_LABEL],
]);

/**
 * The label of a price unit: `kwh` is shown as kWh, own units as they are (spec A17). A missing or blank unit is shown
 * as "unit", or not at all if `hideGenericLabel` is set.
 */
export function formatPriceUnit(unit?: string | null, hideGenericLabel = false): string {
  const known = UNIT_LABELS.get(unit ?? '');
  if (known !== undefined) return known;
  return unit?.trim() || (hideGenericLabel ? '' : GENERIC_UNIT_DISPLAY_LABEL);
}
