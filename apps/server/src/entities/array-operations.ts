import { isDocument } from './model/document.ts';
import { canonicalJson } from './model/json-equality.ts';

/** An array operation of an ERP mapping: `{ "_set": [...] }`, `{ "_append": [...] }` or `{ "_append_all": [...] }`. */
export interface ArrayOperation {
  readonly kind: '_set' | '_append' | '_append_all';
  readonly values: readonly unknown[];
}

const KINDS = ['_set', '_append', '_append_all'] as const;
const ITEM_ID: ReadonlySet<string> = new Set(['_id']);

/** Reads an attribute's value as an array operation: an object with exactly one of the three members, which is a list. */
export function arrayOperation(value: unknown): ArrayOperation | undefined {
  if (!isDocument(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  const kind = KINDS.find((candidate) => candidate === name);
  if (!kind || others.length > 0) return undefined;
  const values = value[kind];
  return Array.isArray(values) ? { kind, values } : undefined;
}

/**
 * Applies an array operation to a stored value (spec/erp-integration.md §8.4). Set replaces; append adds values that are not there yet, in
 * order, duplicates once; append-all adds everything. A missing or null value counts as an empty list, a scalar as a list of one. Items are
 * compared deeply, without the `_id` that repeatable items carry.
 */
export function applyArrayOperation(stored: unknown, operation: ArrayOperation): unknown[] {
  const existing = stored === undefined || stored === null ? [] : Array.isArray(stored) ? stored : [stored];
  switch (operation.kind) {
    case '_set':
      return [...operation.values];
    case '_append_all':
      return [...existing, ...operation.values];
    case '_append':
      return [...existing, ...newValues(existing, operation.values)];
  }
}

function newValues(existing: readonly unknown[], values: readonly unknown[]): unknown[] {
  const seen = new Set(existing.map((item) => canonicalJson(item, ITEM_ID)));
  return values.filter((value) => {
    const text = canonicalJson(value, ITEM_ID);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
