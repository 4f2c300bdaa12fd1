import { anyOf, NONE, type SearchTree, type SortKey } from '../../entities/search/index.ts';
import { isHiddenFromPublic } from '../entity-views.ts';

/** What words without a field are looked up in (spec/pricing.md B5). */
export const BARE_FIELDS = ['_title', 'name', 'description', 'code', '_tags'] as const;

/** Reads `schema` as `_schema`, at any depth of a query. */
export function withSchemaAlias(tree: SearchTree): SearchTree {
  return mapLeaves(tree, (leaf) =>
    'field' in leaf && leaf.field === 'schema' ? { ...leaf, field: '_schema' } : leaf,
  );
}

/**
 * Takes out of a query what strangers must not ask about: members they cannot see match nothing, so that nobody can guess promo codes
 * through a search, and `*:word` looks where a bare word looks.
 */
export function withoutHiddenFields(tree: SearchTree): SearchTree {
  return mapLeaves(tree, (leaf) => {
    // What a catalog entity is related to need not be public.
    if (leaf.kind === 'related') return NONE;
    if (leaf.kind !== 'words' && leaf.kind !== 'pattern') {
      return 'field' in leaf && isHiddenField(leaf.field) ? NONE : leaf;
    }
    if (leaf.field === undefined) return anyOf(BARE_FIELDS.map((field) => ({ ...leaf, field })));
    return isHiddenField(leaf.field) ? NONE : leaf;
  });
}

/** Sort keys without those that would show the order of hidden values. */
export function withoutHiddenKeys(keys: readonly SortKey[]): SortKey[] {
  return keys.filter(({ field }) => !isHiddenField(field));
}

function isHiddenField(field: string): boolean {
  return isHiddenFromPublic(field.split('.')[0] ?? '');
}

function mapLeaves(tree: SearchTree, change: (leaf: SearchTree) => SearchTree): SearchTree {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return { ...tree, clauses: tree.clauses.map((clause) => mapLeaves(clause, change)) };
    case 'not':
      return { ...tree, clause: mapLeaves(tree.clause, change) };
    case 'related': {
      const changed = change(tree);
      return changed.kind === 'related' ? { ...changed, clause: mapLeaves(changed.clause, change) } : changed;
    }
    default:
      return change(tree);
  }
}
