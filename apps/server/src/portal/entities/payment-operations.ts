import type { Operations } from '../../contract/operation-types.ts';
import { type OrganisationSchemas, schemasOf, visibleDocument } from '../../entities/index.ts';
import { allOf, anyOf, type SearchTree, searchEntities } from '../../entities/search/index.ts';
import { forbidden } from '../../refusal.ts';
import type { PortalEntitiesPlatform } from './platform.ts';

const MOST_RESULTS = 1_000;
const PAYMENT_TYPES: ReadonlySet<string> = new Set(['relation_payment_method', 'payment']);

/** `searchPaymentRelationsInEntities`: which entities use a payment method, before it is changed or deleted (spec/portal.md §5.12). */
export function paymentOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async searchPaymentRelationsInEntities(call) {
      const { id } = call.parameters;
      const schemas = await schemasOf(call.tenant);
      const sort = [{ field: '_created_at', descending: true }];
      if (call.principal.kind === 'portal_user') {
        const access = await platform.accessOf(call);
        const tree = usesPayment(
          schemas,
          id,
          (slug, name) => access.allowsSchema(slug) && access.canViewAttribute(slug, name),
        );
        const scope = { reachable: access.reachable(access.viewableSchemas()) };
        const { hits } = await searchEntities(call.tenant, { tree, scope, sort, size: MOST_RESULTS });
        const results = hits
          .map(({ entity }) => entity)
          .filter((entity) => access.canView(entity))
          .map((entity) => access.shownAttributes(entity));
        return { results, hits: results.length };
      }
      const rights = await platform.rightsOf(call.principal);
      if (!schemas.all().some(({ slug }) => rights.allows('entity:view', `${slug}:*`))) {
        throw forbidden('Not permitted: entity:view');
      }
      const tree = usesPayment(schemas, id, (slug) => rights.allows('entity:view', `${slug}:*`));
      const { hits } = await searchEntities(call.tenant, { tree, sort, size: MOST_RESULTS });
      const results = hits.map(({ entity }) => visibleDocument(rights, schemas.find(entity.schema), entity));
      return { results, hits: results.length };
    },
  };
}

/** Entities of which a payment attribute, as far as it may be asked for, refers to the payment item. */
function usesPayment(
  schemas: OrganisationSchemas,
  id: string,
  mayAsk: (slug: string, attribute: string) => boolean,
): SearchTree {
  return anyOf(
    schemas.all().flatMap(({ slug, attributes }) =>
      attributes
        .filter(({ name, type }) => PAYMENT_TYPES.has(type) && mayAsk(slug, name))
        .map(({ name }) =>
          allOf([
            { kind: 'equal', field: '_schema', values: [slug] },
            { kind: 'equal', field: `${name}.$relation_ref._id.keyword`, values: [id] },
          ]),
        ),
    ),
  );
}
