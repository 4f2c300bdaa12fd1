import { empty, type Sql, sql } from '../../storage/index.ts';
import { hasId } from './compile/column-condition.ts';
import type { CompileContext } from './compile/compile-context.ts';
import { compileTree } from './compile/compile-tree.ts';
import type { SearchTree } from './tree.ts';

/**
 * The entities a search may see at all: some ids, or those a subselect answers (one uuid column). A search with a scope looks at these
 * entities one by one, so that it costs what the scope costs and not what the organisation has.
 */
export type SearchScope = { readonly ids: readonly string[] } | { readonly reachable: Sql };

/** What is searched for. */
export interface Search {
  readonly tree: SearchTree;
  readonly scope?: SearchScope | undefined;
  /** Soft-deleted entities: left out (`false`, the default), included, or nothing but them. */
  readonly includeDeleted?: 'true' | 'false' | 'only' | undefined;
  /** Entities created later are left out, and those deleted later are still there. */
  readonly asOf?: Date | undefined;
  /** The slugs of the schemas that define a top-level member; members that none defines match nothing. */
  readonly schemasKnowing?: CompileContext['schemasKnowing'] | undefined;
  /** Whether a field that no schema defines throws UnknownFieldError instead. */
  readonly refuseUnknownFields?: boolean | undefined;
}

export function contextOf(org: string, search: Search): CompileContext {
  return {
    org,
    fewCandidates: search.scope !== undefined,
    ...(search.schemasKnowing ? { schemasKnowing: search.schemasKnowing } : {}),
    ...(search.refuseUnknownFields ? { refuseUnknownFields: true } : {}),
  };
}

/** The condition on the row `e` of `searchable_entity` for everything a search finds, its organisation included. */
export function matching(context: CompileContext, search: Search): Sql {
  return sql`e.org_id = ${context.org}${deletion(search)}${creation(search)}${within(search.scope)} and ${compileTree(context, search.tree)}`;
}

function deletion({ includeDeleted = 'false', asOf }: Search): Sql {
  if (includeDeleted === 'true') return empty;
  if (includeDeleted === 'only') return sql` and e.deleted_at is not null`;
  return asOf
    ? sql` and (e.deleted_at is null or e.deleted_at > ${asOf.toISOString()}::timestamptz)`
    : sql` and e.deleted_at is null`;
}

function creation({ asOf }: Search): Sql {
  return asOf ? sql` and e.created_at <= ${asOf.toISOString()}::timestamptz` : empty;
}

function within(scope: SearchScope | undefined): Sql {
  if (!scope) return empty;
  return 'ids' in scope ? sql` and ${hasId(scope.ids)}` : sql` and e.id in (${scope.reachable})`;
}
