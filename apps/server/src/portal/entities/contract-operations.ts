import type { Operations } from '../../contract/operation-types.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { detailBundle, listItem, relatedOf } from './reading/detail-bundle.ts';
import { listEntities } from './reading/list-entities.ts';
import { assignContracts } from './updating/assign-contract.ts';
import { updateEntity } from './updating/update-entity.ts';
import { visibleWorkflows } from './workflows/visible-workflows.ts';

/** Contracts of a portal user, and adding one by its identifiers (spec/portal.md §5.8-§5.10). */
export function contractOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getAllContracts(call) {
      const access = await platform.accessOf(call);
      const { entities } = await listEntities(call.tenant, access, ['contract'], call.parameters);
      return { data: entities.map((entity) => listItem(access, entity)) };
    },

    async getContract(call) {
      const access = await platform.accessOf(call);
      const { id } = call.parameters;
      const [bundle, workflow] = await Promise.all([
        detailBundle(access, 'contract', id),
        visibleWorkflows(call.tenant, access, id),
      ]);
      return {
        ...bundle,
        orders: relatedOf(bundle, 'order'),
        meters: relatedOf(bundle, 'meter'),
        workflow,
      };
    },

    async updateContract(call) {
      const { id } = call.parameters;
      return { data: await updateEntity(platform, call, { slug: 'contract', id, attributes: call.body }) };
    },

    async addContractByIdentifiers(call) {
      const contracts = await assignContracts(platform, call, call.body);
      return { data: contracts, hits: contracts.length };
    },
  };
}
