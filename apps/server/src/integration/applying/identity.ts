import type { IdentifierTypes, IdentifierValues } from '@busbar/mapping';
import type { Document, UniqueKey } from '../../entities/index.ts';

/** What identifies an entity: its schema and the values that it must have, all of them (erp-integration.md 8.2). */
export interface Identity {
  readonly schema: string;
  readonly keys: readonly UniqueKey[];
  /** Equal for equal identities, whatever the order of their attributes and whether numbers came as text. */
  readonly text: string;
}

/** Builds an identity from mapped identifiers; `types` says which attributes are lists of mails or phones. */
export function identityOf(schema: string, values: IdentifierValues, types: IdentifierTypes = {}): Identity {
  const keys = Object.entries(values).map(([attribute, value]): UniqueKey => {
    const type = types[attribute];
    return type === undefined ? { attribute, value } : { attribute, value, repeatableKey: type };
  });
  const pairs = keys.map(({ attribute, value }) => JSON.stringify([attribute, String(value)]));
  return { schema, keys, text: JSON.stringify([schema, ...pairs.sort()]) };
}

/** Whether an identity addresses one entity by `_id` alone: such a one is never created (erp-integration.md 8.2). */
export function isReference({ keys }: Identity): boolean {
  return keys.length === 1 && keys[0]?.attribute === '_id';
}

/** The attributes of a stub: the identifiers, in the repeatable form where a type says so (erp-integration.md 8.5). */
export function stubAttributes({ keys }: Identity): Document {
  return Object.fromEntries(
    keys
      .filter(({ attribute }) => attribute !== '_id')
      .map(({ attribute, value, repeatableKey }) => [
        attribute,
        repeatableKey === undefined ? value : [{ [repeatableKey]: String(value) }],
      ]),
  );
}
