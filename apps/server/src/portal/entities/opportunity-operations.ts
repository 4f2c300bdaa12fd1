import type { Operations } from '../../contract/operation-types.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { detailBundle, listItem, relatedOf } from './reading/detail-bundle.ts';
import { listEntities, wholeNumber } from './reading/list-entities.ts';
import { filterableOpportunities, filterOpportunities } from './reading/opportunity-search.ts';
import { updateEntity } from './updating/update-entity.ts';
import { visibleWorkflows } from './workflows/visible-workflows.ts';

/** Opportunities of a portal user; installers see those they are assigned to (spec/portal.md §5.10). */
export function opportunityOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getAllOpportunities(call) {
      const access = await platform.accessOf(call);
      const { entities } = await listEntities(call.tenant, access, ['opportunity'], call.parameters);
      return { data: entities.map((entity) => listItem(access, entity)) };
    },

    async getOpportunity(call) {
      const access = await platform.accessOf(call);
      const { id } = call.parameters;
      const [bundle, workflow] = await Promise.all([
        detailBundle(access, 'opportunity', id),
        visibleWorkflows(call.tenant, access, id),
      ]);
      return {
        ...bundle,
        orders: relatedOf(bundle, 'order'),
        workflow,
      };
    },

    async updateOpportunity(call) {
      const { id } = call.parameters;
      return { data: await updateEntity(platform, call, { slug: 'opportunity', id, attributes: call.body }) };
    },

    async getSearchableAttributesForOpportunities(call) {
      const access = await platform.accessOf(call);
      const page = { from: call.parameters.from, size: call.parameters.size ?? 1_000 };
      const { entities } = await listEntities(call.tenant, access, ['opportunity'], page);
      return { data: await filterableOpportunities(call.tenant, access, entities) };
    },

    async getSearchResultsForOpportunities(call) {
      const access = await platform.accessOf(call);
      const from = wholeNumber(call.parameters.from ?? 0, 'query.from');
      const size = wholeNumber(call.parameters.size ?? 1_000, 'query.size');
      const passed = await filterOpportunities(call.tenant, access, call.body);
      return { data: passed.slice(from, from + size).map((entity) => access.shownAttributes(entity)) };
    },
  };
}
