import type { WebhookCondition } from '@epilot/sdk/webhooks';
import type { Expressions } from '../expressions.ts';
import type { WebhookDefinition } from './webhook-config.ts';

/**
 * Whether a webhook wants an event: its filter names a value that the event has, and its conditions hold (contract schemas `Filter`,
 * `WebhookConditionGroup`). @throws what `expressions` throws
 */
export async function wantsEvent(
  org: string,
  definition: WebhookDefinition,
  event: Readonly<Record<string, unknown>>,
  expressions: Expressions,
): Promise<boolean> {
  const { filter, filterConditions: group } = definition;
  if (
    filter &&
    !valuesAt(event, filter.keyToFilter).some((value) => filter.supportedValues.includes(asText(value)))
  )
    return false;
  const conditions = (group?.conditions ?? []).filter((condition) => condition !== undefined);
  if (conditions.length === 0) return true;
  const held = await Promise.all(
    conditions.map((condition) =>
      condition.jsonata_expression === undefined
        ? holds(condition, event)
        : expressions.isTrue(org, condition.jsonata_expression, event),
    ),
  );
  return group?.logical_operator === 'OR' ? held.includes(true) : !held.includes(false);
}

type Operation = NonNullable<WebhookCondition['operation']>;
type Comparison = (value: unknown, wanted: readonly string[], type: FieldType) => boolean;
type FieldType = NonNullable<WebhookCondition['field_type']>;

/** How one value of a field compares with the condition's values. */
const COMPARISONS: Readonly<Partial<Record<Operation, Comparison>>> = {
  equals: (value, [wanted], type) => wanted !== undefined && compare(value, wanted, type) === 0,
  any_of: (value, wanted, type) => wanted.some((item) => compare(value, item, type) === 0),
  contains: (value, [wanted]) => wanted !== undefined && asText(value).includes(wanted),
  starts_with: (value, [wanted]) => wanted !== undefined && asText(value).startsWith(wanted),
  ends_with: (value, [wanted]) => wanted !== undefined && asText(value).endsWith(wanted),
  greater_than: (value, [wanted], type) => wanted !== undefined && compare(value, wanted, type) > 0,
  less_than: (value, [wanted], type) => wanted !== undefined && compare(value, wanted, type) < 0,
  greater_than_or_equals: (value, [wanted], type) =>
    wanted !== undefined && compare(value, wanted, type) >= 0,
  less_than_or_equals: (value, [wanted], type) => wanted !== undefined && compare(value, wanted, type) <= 0,
};
const NEGATIONS: Readonly<Partial<Record<Operation, Operation>>> = {
  not_equals: 'equals',
  none_of: 'any_of',
  not_contains: 'contains',
};
const LENGTHS: Readonly<Partial<Record<Operation, (length: number, wanted: number) => boolean>>> = {
  length_equals: (length, wanted) => length === wanted,
  length_not_equals: (length, wanted) => length !== wanted,
  length_greater_than: (length, wanted) => length > wanted,
  length_less_than: (length, wanted) => length < wanted,
  length_greater_than_or_equals: (length, wanted) => length >= wanted,
  length_less_than_or_equals: (length, wanted) => length <= wanted,
};

function holds(condition: WebhookCondition, event: Readonly<Record<string, unknown>>): boolean {
  const { field, operation, values = [], field_type: type = 'string' } = condition;
  if (field === undefined || operation === undefined) return false;
  const found = valuesAt(event, field);
  const length = LENGTHS[operation];
  if (length) return length(found.length, Number(values[0]));
  if (operation === 'is_empty') return found.every(isEmpty);
  if (operation === 'is_not_empty') return !found.every(isEmpty);
  const opposite = NEGATIONS[operation];
  const comparison = COMPARISONS[opposite ?? operation];
  if (!comparison) return false;
  const met = found.some((value) => comparison(value, values, type));
  return opposite ? !met : met;
}

/** The values of a dotted path; `a.1.b` and `a[1].b` are the same, and a list without an index means each of its items. */
function valuesAt(event: unknown, path: string): unknown[] {
  const segments = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  let values: unknown[] = [event];
  for (const segment of segments) {
    values = values.flatMap((value) => {
      if (Array.isArray(value))
        return /^\d+$/.test(segment) ? [value[Number(segment)]] : value.map((item) => member(item, segment));
      return [member(value, segment)];
    });
  }
  return values
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== undefined && value !== null);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function compare(value: unknown, wanted: string, type: FieldType): number {
  if (type === 'number') return difference(Number(value), Number(wanted));
  if (type === 'date' || type === 'datetime')
    return difference(Date.parse(asText(value)), Date.parse(wanted));
  const text = asText(value);
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}

/** NaN compares as nothing: neither equal, nor greater, nor less. */
function difference(a: number, b: number): number {
  return a - b;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
