import { applyArrayOperation, arrayOperation } from '../array-operations.ts';
import { type Document, isDocument } from '../model/document.ts';
import { canonicalJson } from '../model/json-equality.ts';

/**
 * Resolves the array operations among sent attributes against the stored document: `{ "_append": [...] }` on plain lists, and
 * `{ "$relation": { "_append": [...] } }` or `$relation_ref` on relations, whose items are told apart by target (and `_id`) instead of by
 * content (spec/erp-integration.md §8.4 to §8.6). Everything else passes unchanged.
 */
export function resolveArrayOperations(stored: Document, attributes: Document): Document {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, resolve(stored[name], value)]),
  );
}

function resolve(stored: unknown, value: unknown): unknown {
  const operation = arrayOperation(value);
  if (operation) return applyArrayOperation(stored, operation);
  for (const member of ['$relation', '$relation_ref'] as const) {
    const relation = isDocument(value) ? arrayOperation(value[member]) : undefined;
    if (!relation) continue;
    const existing = isDocument(stored) && Array.isArray(stored[member]) ? stored[member] : [];
    if (relation.kind !== '_append') return { [member]: applyArrayOperation(existing, relation) };
    const seen = new Set(existing.map(targetOf));
    const added = relation.values.filter((item) => !seen.has(targetOf(item)) && seen.add(targetOf(item)));
    return { [member]: [...existing, ...added] };
  }
  return value;
}

function targetOf(item: unknown): string {
  return isDocument(item)
    ? canonicalJson([item['entity_id'], item['path'], item['_id']])
    : canonicalJson(item);
}

/** The relation items that sent attributes name, also those inside array operations, whether or not they are well formed. */
export function sentRelationItems(value: unknown): readonly unknown[] {
  if (!isDocument(value)) return [];
  const items = value['$relation'];
  return Array.isArray(items) ? items : (arrayOperation(items)?.values ?? []);
}
