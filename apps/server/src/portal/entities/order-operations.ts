import type { Operations } from '../../contract/operation-types.ts';
import { type Document, type Entity, findEntities, relationItems } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { PortalAccess } from '../access/index.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { detailBundle, listItem, relatedOf } from './reading/detail-bundle.ts';
import { listEntities } from './reading/list-entities.ts';
import { decideOffer } from './updating/decide-offer.ts';
import { updateEntity } from './updating/update-entity.ts';
import { visibleWorkflows } from './workflows/visible-workflows.ts';

/** Orders of a portal user, and the decision on an offer (spec/portal.md §5.8, §5.10, §5.11). */
export function orderOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getAllOrders(call) {
      const access = await platform.accessOf(call);
      const { entities } = await listEntities(call.tenant, access, ['order'], call.parameters);
      return { data: entities.map((entity) => listItem(access, entity)) };
    },

    async getOrder(call) {
      const access = await platform.accessOf(call);
      const { id } = call.parameters;
      const [bundle, workflow] = await Promise.all([
        detailBundle(access, 'order', id),
        visibleWorkflows(call.tenant, access, id),
      ]);
      const products = relatedOf(bundle, 'product');
      return {
        ...bundle,
        products,
        crossSellableProducts: await crossSellable(call.tenant, access, products),
        workflow,
      };
    },

    async updateOrder(call) {
      const { id } = call.parameters;
      return { data: await updateEntity(platform, call, { slug: 'order', id, attributes: call.body }) };
    },

    async postOrderAcceptance(call) {
      return { data: await decideOffer(platform, call, call.parameters.id, call.body.decision) };
    },

    async getAllRequests(call) {
      const access = await platform.accessOf(call);
      const allowed = ['opportunity', 'order'].filter((schema) => access.allowsSchema(schema));
      // A portal without either has no requests to speak of: the gate then says so.
      const schemas = allowed.length > 0 ? allowed : ['opportunity'];
      const page = { from: call.parameters.from, size: call.parameters.size ?? 200 };
      const { total, entities } = await listEntities(call.tenant, access, schemas, page);
      return { hits: total, results: entities.map((entity) => listItem(access, entity)) };
    },
  };
}

/** Products that the ordered ones name as cross-sellable, as far as the portal shows products at all. */
async function crossSellable(
  queries: TenantQueries,
  access: PortalAccess,
  products: readonly Document[],
): Promise<Document[]> {
  const ids = products.flatMap((product) => relationItems(product['cross_sellable_products']) ?? []);
  const found: Entity[] = await findEntities(
    queries,
    ids.map(({ entity_id }) => entity_id),
  );
  return found
    .filter((product) => product.schema === 'product' && access.canView(product))
    .map((product) => access.shownAttributes(product));
}
