import type { BodyOf } from '../../contract/operation-types.ts';
import {
  type Document,
  hydrate,
  isDocument,
  schemasOf,
  selectFields,
  type Visibility,
} from '../../entities/index.ts';
import {
  allOf,
  notOf,
  parseQuery,
  parseSort,
  refusedSearch,
  type SearchTree,
  type SortKey,
  schemasKnowing,
  searchEntities,
} from '../../entities/search/index.ts';
import { Refusal } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { FindAvailableProducts } from '../product-availability.ts';
import { BARE_FIELDS, withSchemaAlias } from './public-query.ts';

export type CatalogSearch = BodyOf<'pricing', '$searchCatalog'>;

/** Who searches, and what they may find. */
export interface CatalogView {
  /** Added to every search, so that hits count what is visible. */
  readonly restriction: SearchTree;
  readonly show: Visibility;
  /** What is left of a query and of its sort. */
  readonly query: (tree: SearchTree) => SearchTree;
  readonly sort: (keys: readonly SortKey[]) => readonly SortKey[];
}

const LARGEST_PAGE = 2_000;
const DEEPEST_PAGING = 10_000;
const IN_CATALOG: SearchTree = { kind: 'equal', field: '_schema', values: ['product', 'price', 'coupon'] };
const PRODUCTS: SearchTree = { kind: 'equal', field: '_schema', values: ['product'] };
const NEWEST: readonly SortKey[] = [{ field: '_created_at', descending: true }];

/**
 * Searches products, prices and coupons (spec/pricing.md B5): `hits` is the number of all that match, `results` one page of them.
 * @throws Refusal 400 for a query, sort or page that cannot be read
 */
export async function searchCatalog(
  queries: TenantQueries,
  search: CatalogSearch,
  view: CatalogView,
  availableProducts: FindAvailableProducts | undefined,
): Promise<{ hits: number; results: Document[] }> {
  const { from, size } = pageOf(search);
  try {
    const query = parseQuery(search.q, { fields: BARE_FIELDS, refuseFuzzy: true });
    const wanted = allOf([IN_CATALOG, view.restriction, view.query(withSchemaAlias(query))]);
    const sort = view.sort(parseSort(search.sort));
    const knowing = { schemasKnowing: schemasKnowing(await schemasOf(queries)) };
    const tree = search.availability
      ? allOf([wanted, await deliverable(queries, wanted, search.availability, knowing, availableProducts)])
      : wanted;
    const page = await searchEntities(queries, {
      tree,
      ...knowing,
      sort: sort.length > 0 ? sort : NEWEST,
      from,
      size,
    });
    const shown = page.hits.map(({ entity }) => view.show(entity)).filter((one) => one !== undefined);
    const results = search.hydrate ? await hydrateCatalog(queries, shown, view.show) : shown;
    return { hits: page.total, results: results.map((result) => selectFields(result, search.fields)) };
  } catch (error) {
    const refusal = refusedSearch(error, { query: 'body.q', sort: 'body.sort' });
    throw refusal ? invalidPayload('Invalid payload', refusal.message, refusal.code) : error;
  }
}

function pageOf({ from = 0, size }: CatalogSearch): { from: number; size: number } {
  const wanted = size ?? Math.max(Math.min(LARGEST_PAGE, DEEPEST_PAGING - from), 0);
  const problem =
    !Number.isInteger(from) || from < 0
      ? 'body.from: must be an integer >= 0'
      : !Number.isInteger(wanted) || wanted < 0 || wanted > LARGEST_PAGE
        ? `body.size: must be an integer from 0 to ${LARGEST_PAGE}`
        : from + wanted > DEEPEST_PAGING
          ? `body.from: and size reach beyond ${DEEPEST_PAGING}`
          : undefined;
  if (problem) throw invalidPayload('Invalid payload', problem);
  return { from, size: wanted };
}

/** Leaves out the products that cannot be delivered; prices and coupons stay. */
async function deliverable(
  queries: TenantQueries,
  wanted: SearchTree,
  filters: NonNullable<CatalogSearch['availability']>,
  knowing: { readonly schemasKnowing: Awaited<ReturnType<typeof schemasKnowing>> },
  availableProducts: FindAvailableProducts | undefined,
): Promise<SearchTree> {
  if (!availableProducts)
    throw new Refusal(501, 'NOT_IMPLEMENTED', 'Availability is not known on this server');
  const products = await searchEntities(queries, {
    tree: allOf([wanted, PRODUCTS]),
    ...knowing,
    sort: NEWEST,
    size: DEEPEST_PAGING,
  });
  const ids = products.hits.map(({ entity }) => entity.id);
  const available = new Set(await availableProducts(queries, ids, filters));
  return notOf({ kind: 'ids', values: ids.filter((id) => !available.has(id)) });
}

/** Relations become entities one level deep; of the components of a composite price also their taxes, because they cannot be priced without. */
async function hydrateCatalog(
  queries: TenantQueries,
  documents: readonly Document[],
  show: Visibility,
): Promise<Document[]> {
  const hydrated = await hydrate(queries, documents, show);
  const components = hydrated
    .flatMap(({ price_components: list }) => (Array.isArray(list) ? list : []))
    .filter(isDocument);
  const taxes = await hydrate(
    queries,
    components.map(({ tax }) => ({ tax })),
    show,
  );
  const taxOf = new Map(components.map((component, index) => [component, taxes[index]?.['tax']]));
  return hydrated.map((document) => {
    const list = document['price_components'];
    if (!Array.isArray(list)) return document;
    const withTaxes = list.map((component: Document) => {
      const tax = taxOf.get(component);
      return tax === undefined ? component : { ...component, tax };
    });
    return { ...document, price_components: withTaxes };
  });
}
