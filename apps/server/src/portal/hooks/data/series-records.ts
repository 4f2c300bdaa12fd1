import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { upstreamRefusal } from '../../../third-party/index.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/**
 * The records of a consumption series that have a `timestamp` and a finite `value`; those without a unit get the counter's (portal §9.4).
 * @throws Refusal 500 `UPSTREAM_INVALID_RESPONSE` when there is no list
 */
export function consumptionRecords(data: unknown, counterUnit: string | undefined): JsonObject[] {
  return records(data)
    .filter((record) => typeof record['value'] === 'number' && isConsumption(record))
    .map((record) => (counterUnit === undefined ? record : { unit: counterUnit, ...record }));
}

/** The records of a price or cost series that have a `timestamp` and all money fields. @throws as `consumptionRecords` */
export function moneyRecords(data: unknown): JsonObject[] {
  return records(data).filter(
    (record) =>
      Number.isInteger(record['unit_amount']) &&
      typeof record['unit_amount_currency'] === 'string' &&
      typeof record['unit_amount_decimal'] === 'string' &&
      (record['tax_behavior'] === 'inclusive' || record['tax_behavior'] === 'exclusive') &&
      Number.isInteger(record['tax_rate']) &&
      areComponents(record['components']),
  );
}

function records(data: unknown): JsonObject[] {
  if (!Array.isArray(data)) throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  return data.map(asObject).filter(({ timestamp }) => isInstant(timestamp));
}

function isConsumption({ type, unit, label, period }: JsonObject): boolean {
  const { from, to } = asObject(period);
  return (
    (type === undefined || typeof type === 'string') &&
    (unit === undefined || typeof unit === 'string') &&
    (label === undefined || Object.values(asObject(label)).every((text) => typeof text === 'string')) &&
    (period === undefined || (isInstant(from) && isInstant(to)))
  );
}

function areComponents(components: unknown): boolean {
  return Object.entries(asObject(components)).every(([name, value]) =>
    name.endsWith('_decimal') ? typeof value === 'string' : Number.isInteger(value),
  );
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}
