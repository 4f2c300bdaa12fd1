import { type Document, isDocument } from '../model/document.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import { HIDDEN_PREFIX, splitWords } from '../words.ts';

/** One identifying attribute and the value it must have, compared as text, exactly (spec/erp-integration.md §8.2). */
export interface UniqueKey {
  /** A name, or a dotted path such as `email.0.email`; `_id` addresses the entity itself. */
  readonly attribute: string;
  readonly value: string | number | boolean;
  /** The member of list items that carries the value, when the caller knows it (`_type` of an ERP mapping). */
  readonly repeatableKey?: string;
}

/** The places in a document where a key's value may stand, as jsonpath in lax mode: lists on the way are unwrapped. */
export function pathsOf(schema: EntitySchema | undefined, key: UniqueKey): string[] {
  const steps = key.attribute.split('.');
  const base = steps
    .map((step) => (/^\d{1,6}$/.test(step) ? `[${Number(step)}]` : `.${JSON.stringify(step)}`))
    .join('');
  const members = new Set<string>();
  if (key.repeatableKey) members.add(key.repeatableKey);
  if (schema?.isRepeatable(key.attribute)) members.add(schema.itemMember(key.attribute));
  return [`$${base}[*]`, ...[...members].map((member) => `$${base}[*].${JSON.stringify(member)}`)];
}

/** A tsquery text that every entity with these keys answers to; undefined when the values contain no words. */
export function wordsQuery(keys: readonly UniqueKey[]): string | undefined {
  const words = new Set(
    keys.filter((key) => key.attribute !== '_id').flatMap((key) => tellingWords(String(key.value))),
  );
  // Twenty words narrow enough; more would only make the query slow.
  const terms = [...words].slice(0, 20).map((word) => `('${word}' | '${HIDDEN_PREFIX}${word}')`);
  return terms.length === 0 ? undefined : terms.join(' & ');
}

/** Reads the values at the key attributes of an entity to be written (`email.0.email`); a missing or unusable one is undefined. */
export function keyValue(document: Document, attribute: string): string | number | boolean | undefined {
  let value: unknown = document;
  for (const step of attribute.split('.')) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isDocument(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** Words of one or two characters (`V` of `V-7000107`) are everywhere and slow the index down; they only count when there are no others. */
function tellingWords(value: string): string[] {
  const words = splitWords(value);
  const long = words.filter((word) => word.length > 2);
  return long.length > 0 ? long : words;
}
