import { normalizeTimeFrequency, type TimeFrequency } from '@busbar/pricing';
import { type Document, isDocument } from '../../entities/index.ts';
import { documentsOf, textOf, without } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { SignaturePurpose } from '../signature.ts';
import { componentsOf } from './catalog-snapshots.ts';
import type { PublicChecks } from './public-checks.ts';

/** kWh a year may differ by this much, because periods are converted with rounded factors. */
const CONSUMPTION_TOLERANCE = 0.01;
const YEARLY: TimeFrequency = 'yearly';

/** Where data from outside stands on a line item, what it was signed as, and which members the client has added since. */
const SIGNED = [
  { member: 'external_fees_metadata', purpose: 'compute-price', added: [] },
  { member: 'external_location_metadata', purpose: 'provider', added: ['inputs'] },
  { member: 'external_price_metadata', purpose: 'average-market-price', added: ['inputs'] },
] as const satisfies readonly { member: string; purpose: SignaturePurpose; added: readonly string[] }[];

/**
 * Checks what a public caller brings from outside the catalog (spec/pricing.md B0.5, B16): its signature, and that fees and consumption used
 * for the prices of the item are those that were signed. A price that consists of grid fees must have them.
 * @throws Refusal 400 `INVALID_SIGNATURE`
 */
export function requireSignedFees(item: Document, price: Document, checks: PublicChecks, path: string): void {
  const genuine = new Map<string, Document>();
  for (const { member, purpose, added } of SIGNED) {
    const data = item[member];
    if (!isDocument(data) || Object.keys(data).length === 0) continue;
    if (!checks.signatures.isGenuine(checks.org, purpose, without(data, added), data['_meta'])) {
      throw refused(`${path}.${member}`);
    }
    genuine.set(member, data);
  }
  const fees = genuine.get('external_fees_metadata');
  const market = genuine.get('external_price_metadata');
  const mappings = documentsOf(item['external_fees_mappings']);
  for (const part of pricesOf(item, price, checks)) {
    const own = mappings.filter((mapping) => mapping['price_id'] === part['_id']);
    if (part['pricing_model'] === 'external_getag') requireGridFees(item, part, own, fees, path);
    else if (part['pricing_model'] === 'dynamic_tariff') requireMarketPrice(part, own, market, path);
  }
}

/** The price itself, or the components of a composite one that were chosen. */
function pricesOf(item: Document, price: Document, { catalog }: PublicChecks): Document[] {
  if (price['is_composite_price'] !== true) return [price];
  const selected = item['selected_price_component_ids'];
  return componentsOf(price)
    .filter(({ priceId }) => !Array.isArray(selected) || selected.length === 0 || selected.includes(priceId))
    .map(({ priceId }) => catalog.price(priceId))
    .filter((component) => component !== undefined);
}

function requireGridFees(
  item: Document,
  price: Document,
  mappings: readonly Document[],
  fees: Document | undefined,
  path: string,
): void {
  const block = isDocument(price['get_ag']) ? price['get_ag'] : {};
  const isBase = block['type'] === 'base_price';
  const tariff = block['tariff_type'] === 'NT' ? 'nt' : 'ht';
  const amount = fees?.[isBase ? 'amount_static_decimal' : `amount_variable_decimal_${tariff}`];
  const isAgreed = (mapping: Document) =>
    sameAmount(mapping['amount_total_decimal'], amount) &&
    mapping['frequency_unit'] === fees?.['billing_period'];
  if (!fees || mappings.length === 0 || !mappings.every(isAgreed))
    throw refused(`${path}.external_fees_mappings`);
  if (!isBase && !usesConsumption(item, price, fees, tariff)) throw refused(`${path}.price_mappings`);
}

/** Whether the item is priced for the consumption that the fees were computed for. */
function usesConsumption(item: Document, price: Document, fees: Document, tariff: 'ht' | 'nt'): boolean {
  const inputs = isDocument(fees['inputs']) ? fees['inputs'] : {};
  const signed = inputs[tariff === 'nt' ? 'consumptionNT' : 'consumptionHT'];
  const mapping = documentsOf(item['price_mappings']).find((one) => one['price_id'] === price['_id']);
  const { value, frequency_unit: unit } = mapping ?? {};
  if (typeof signed !== 'number' || typeof value !== 'number') return false;
  const frequency = textOf(unit) ?? YEARLY;
  const yearly = isTimeFrequency(frequency) ? normalizeTimeFrequency(value, frequency, YEARLY) : Number.NaN;
  return Math.abs(Number(yearly) - signed) <= CONSUMPTION_TOLERANCE;
}

function requireMarketPrice(
  price: Document,
  mappings: readonly Document[],
  market: Document | undefined,
  path: string,
): void {
  const record = isDocument(market?.['price']) ? market['price'] : {};
  const period = price['type'] === 'recurring' ? price['billing_period'] : 'one_time';
  const isAgreed = (mapping: Document) =>
    sameAmount(mapping['amount_total_decimal'], record['unit_amount_decimal']) &&
    mapping['frequency_unit'] === period;
  if (!mappings.every(isAgreed)) throw refused(`${path}.external_fees_mappings`);
}

/** Whether two decimal texts are the same amount: digit for digit, but for zeros at the end. */
function sameAmount(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' && plain(a) === plain(b);
}

function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function isTimeFrequency(text: string): text is TimeFrequency {
  return ['weekly', 'monthly', 'every_quarter', 'every_6_months', 'yearly', 'one_time'].includes(text);
}

function refused(path: string): ReturnType<typeof invalidPayload> {
  return invalidPayload('invalid signature', path, 'INVALID_SIGNATURE');
}
