import type { AttributeDefinition, SchemaDefinition } from '../schema-definition.ts';

type More = Readonly<Record<string, unknown>>;

/** `start_date` reads "Start date". */
function labelOf(name: string): string {
  const words = name.replace(/^_/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function attribute(type: string, name: string, more: More = {}): AttributeDefinition {
  return { name, label: labelOf(name), type, ...more };
}

/** Several attributes of one type. */
export function attributes(type: string, ...names: readonly string[]): AttributeDefinition[] {
  return names.map((name) => attribute(type, name));
}

/** Numbers that are stored as JSON numbers (the default for `number` is text). */
export function numbers(...names: readonly string[]): AttributeDefinition[] {
  return names.map((name) => attribute('number', name, { data_type: 'number' }));
}

/** Lists of objects with an `_id` each. */
export function repeatables(type: string, ...names: readonly string[]): AttributeDefinition[] {
  return names.map((name) => attribute(type, name, { repeatable: true, has_primary: true }));
}

/** One of several values; `status` for the state of the entity, otherwise `select`. */
export function choice(name: string, ...options: readonly string[]): AttributeDefinition {
  return attribute(name === 'status' ? 'status' : 'select', name, { options });
}

/** Integer minor units, with the companions `<name>_currency` and `<name>_decimal`. */
export function amounts(...names: readonly string[]): AttributeDefinition[] {
  const currency = [{ code: 'EUR', description: 'Euro', symbol: '€' }];
  return names.map((name) => attribute('currency', name, { currency }));
}

/** An amount of a time unit, as contracts and prices have it: `<name>_amount` and `<name>_unit`. */
export function durations(...names: readonly string[]): AttributeDefinition[] {
  return names.flatMap((name) => [
    attribute('number', `${name}_amount`, { data_type: 'number' }),
    choice(`${name}_unit`, 'weeks', 'months', 'years'),
  ]);
}

/** A running number with a prefix. */
export function sequence(name: string, prefix: string): AttributeDefinition {
  return attribute('sequence', name, { prefix, start_number: 1000 });
}

/** A person's agreement to being contacted; `topic` is what it is given for. */
export function consent(name: string, topic: string): AttributeDefinition {
  return attribute('consent', name, { topic });
}

/** A relation to entities of some schemas; `reverse` names the attribute on the target that points back. */
export function related(
  kind: 'has_one' | 'has_many',
  name: string,
  schemas: readonly string[],
  reverse?: string,
): AttributeDefinition {
  const back = reverse ? Object.fromEntries(schemas.map((slug) => [slug, reverse])) : undefined;
  return attribute('relation', name, {
    relation_type: kind,
    allowedSchemas: schemas,
    ...(back ? { reverse_attributes: back } : {}),
  });
}

/** A core schema; `external_id` exists on all of them, because integrations need a stable key. */
export function coreSchema(
  slug: string,
  names: { readonly name: string; readonly plural: string; readonly category: string },
  titleTemplate: string,
  list: readonly (AttributeDefinition | readonly AttributeDefinition[])[],
): SchemaDefinition {
  return {
    slug,
    ...names,
    published: true,
    title_template: titleTemplate,
    attributes: [...list.flat(), attribute('string', 'external_id')],
    capabilities: [],
  };
}
