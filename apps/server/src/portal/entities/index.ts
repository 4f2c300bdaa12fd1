import type { Operations } from '../../contract/operation-types.ts';
import { contactOperations } from './contact-operations.ts';
import { contractOperations } from './contract-operations.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { searchOperations } from './search-operations.ts';

export type { PortalEntitiesPlatform } from './platform.ts';
export { followChangesets } from './updating/change-store.ts';

/** The operations of portal users on their entities (spec/portal.md §13 "Entities and workflows"). */
export function portalEntityOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    ...contactOperations(platform),
    ...contractOperations(platform),
    ...searchOperations(platform),
  };
}
