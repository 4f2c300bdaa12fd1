import type { Operations } from '../../contract/operation-types.ts';
import { contactOperations } from './contact-operations.ts';
import { contractOperations } from './contract-operations.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { ruleOperations } from './rule-operations.ts';
import { searchOperations } from './search-operations.ts';

export { judgeCadence } from './edit-rules/cadence.ts';
export { readEditRules } from './edit-rules/edit-rule.ts';
export type { PortalEntitiesPlatform } from './platform.ts';
export { portalSource } from './updating/caller-source.ts';
export { followChangesets, portalChanges, recordPortalChanges } from './updating/change-store.ts';

/** The operations of portal users on their entities (spec/portal.md §13 "Entities and workflows"). */
export function portalEntityOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    ...contactOperations(platform),
    ...contractOperations(platform),
    ...ruleOperations(platform),
    ...searchOperations(platform),
  };
}
