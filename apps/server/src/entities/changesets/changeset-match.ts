import { isDocument, stringsOf } from '../model/document.ts';
import { canonicalJson } from '../model/json-equality.ts';
import type { Changeset } from './changeset.ts';
import { fuzzyMatch } from './fuzzy-match.ts';

const ITEM_ID: ReadonlySet<string> = new Set(['_id']);

/**
 * Whether a direct write of `incoming` confirms a pending external change (contract schema `MatchStrategy`): `exact` (default) deep
 * equality, not counting the `_id`s the platform gives to items; `any` always; `fuzzy` by the change's configuration. Approvals are never
 * confirmed this way.
 */
export function confirms(changeset: Changeset, incoming: unknown): boolean {
  if (changeset.edit_mode !== 'external') return false;
  switch (changeset.match_strategy) {
    case 'any':
      return true;
    case 'fuzzy':
      return (
        isDocument(changeset.fuzzy_config) &&
        fuzzyMatch(changeset.fuzzy_config, changeset.proposed_value, incoming)
      );
    default:
      return comparable(changeset.proposed_value) === comparable(incoming);
  }
}

/** Relations compare by target and tags, since `_schema` is filled in by the platform. */
function comparable(value: unknown): string {
  if (!isDocument(value) || !Array.isArray(value['$relation'])) return canonicalJson(value ?? null, ITEM_ID);
  const items = value['$relation'].map((item: unknown) =>
    isDocument(item) ? [item['entity_id'], stringsOf(item['_tags'])] : item,
  );
  return canonicalJson(items);
}
