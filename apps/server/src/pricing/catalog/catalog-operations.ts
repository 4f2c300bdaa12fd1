import type { Operations } from '../../contract/operation-types.ts';
import { searchViewOf } from '../../entities/index.ts';
import { notOf } from '../../entities/search/index.ts';
import { inContractTypes, publicView } from '../entity-views.ts';
import type { PricingPlatform } from '../platform.ts';
import { withoutHiddenFields, withoutHiddenKeys } from './public-query.ts';
import { type CatalogView, searchCatalog } from './search-catalog.ts';

/** What anybody finds: what is active, without its secrets (spec/pricing.md B5). */
const PUBLIC_VIEW: CatalogView = {
  restriction: notOf({ kind: 'equal', field: 'active', values: [false] }),
  show: publicView,
  query: withoutHiddenFields,
  sort: withoutHiddenKeys,
};

/** Searching the catalog, in public and with the rights of staff and API tokens (spec/pricing.md B5, B6). */
export function catalogOperations({ access, availableProducts }: PricingPlatform): Operations<'pricing'> {
  const viewOf = searchViewOf(access);
  return {
    $searchCatalog: ({ tenant, body }) => searchCatalog(tenant, body, PUBLIC_VIEW, availableProducts),

    async $privateSearchCatalog(call) {
      const { restriction, show } = await viewOf(call);
      const view: CatalogView = {
        restriction,
        show: (entity) => {
          const shown = show(entity);
          return shown && inContractTypes(entity, shown);
        },
        query: same,
        sort: same,
      };
      return searchCatalog(call.tenant, call.body, view, availableProducts);
    },
  };
}

function same<Value>(value: Value): Value {
  return value;
}
