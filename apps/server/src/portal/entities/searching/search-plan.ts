import {
  ALL,
  allOf,
  anyOf,
  parseFilter,
  parseSort,
  type Search,
  type SearchTree,
  type SortKey,
  schemasKnowing,
} from '../../../entities/search/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, invalid } from '../../../refusal.ts';
import type { PortalAccess } from '../../access/index.ts';
import { searchScope } from './context-scope.ts';
import { queryWords, searchedFields, wordsTree } from './query-words.ts';
import { readableField, readableTree } from './readable-field.ts';
import { targetTree } from './targets.ts';

const FILTER_LIMITS = { depth: 5, clauses: 100 };
const NEWEST: readonly SortKey[] = [{ field: '_created_at', descending: true }];

/** What is asked about one schema. */
export interface SlugQuestion {
  readonly slug: string;
  readonly targets?: readonly string[] | undefined;
  readonly templates?: unknown;
  readonly templates_ref?: unknown;
}

/** What both `entity:get` and `entity:search` are asked. */
export interface EntityQuestion {
  readonly slugs: readonly SlugQuestion[];
  /** Only this entity. */
  readonly id?: string | undefined;
  readonly q?: string | undefined;
  readonly q_fields?: readonly string[] | undefined;
  readonly filters?: readonly unknown[] | undefined;
  readonly filters_context?: readonly unknown[] | undefined;
  readonly sort?: string | undefined;
}

/** A search that shows nothing beyond what its caller may know. */
export interface SearchPlan {
  readonly search: Search;
  readonly sort: readonly SortKey[];
  readonly words: readonly string[];
}

/**
 * Turns a question of a portal user into a search (spec/portal.md §5.5). `now` (UTC) is what date math counts from.
 * @throws Refusal 403 for closed schemas and for filters or sorts on hidden attributes; 400 for unknown fields. FilterError, SortError.
 */
export async function planSearch(
  call: Pick<Call, 'tenant'>,
  access: PortalAccess,
  question: EntityQuestion,
  now: Date,
): Promise<SearchPlan> {
  const slugs = question.slugs.map(({ slug }) => slug);
  const scope = await searchScope(call.tenant, access, slugs, question.filters_context);
  const filters = readableTree(
    access,
    slugs,
    parseFilter(question.filters ?? [], 'filters', FILTER_LIMITS, now),
    refused,
  );
  const words = queryWords(question.q);
  const perSlug = await Promise.all(
    question.slugs.map(async ({ slug, targets }): Promise<SearchTree> => {
      const fields = words.length > 0 ? searchedFields(access, slug, question.q_fields) : [];
      const isSlug: SearchTree = { kind: 'equal', field: '_schema', values: [slug] };
      return allOf([isSlug, await targetTree(call.tenant, slug, targets, now), wordsTree(words, fields)]);
    }),
  );
  const only: SearchTree = question.id === undefined ? ALL : { kind: 'ids', values: [question.id] };
  return {
    search: {
      tree: allOf([anyOf(perSlug), only, filters]),
      scope,
      schemasKnowing: schemasKnowing(access.schemas),
    },
    sort: readableSort(access, slugs, question.sort),
    words,
  };
}

function readableSort(
  access: PortalAccess,
  slugs: readonly string[],
  sort: string | undefined,
): readonly SortKey[] {
  const keys = parseSort(sort);
  for (const { field } of keys) requireReadable(access, slugs, field, 'body.sort');
  return keys.length > 0 ? keys : NEWEST;
}

/** Throws 403 for a hidden field and 400 for one that none of the schemas has; answers the relation it begins with. */
export function requireReadable(
  access: PortalAccess,
  slugs: readonly string[],
  field: string,
  path: string,
): string | undefined {
  const places = slugs.map((slug) => readableField(access, slug, field));
  if (places.some(({ kind }) => kind === 'hidden')) throw refused(field, 'hidden');
  const found = places.find((place) => place.kind === 'readable');
  if (found?.kind !== 'readable' && places.some(({ kind }) => kind === 'absent')) return undefined;
  if (found?.kind !== 'readable') throw invalid({ path, message: `does not know ${field}` }, 'UNKNOWN_FIELD');
  return found.relation;
}

function refused(field: string, kind: 'unknown' | 'hidden'): Error {
  return kind === 'hidden'
    ? forbidden(`Not permitted: entity:attribute:view ${field}`)
    : invalid({ path: 'body.filters', message: `does not know ${field}` }, 'UNKNOWN_FIELD');
}
