import type { Operations } from '../../contract/operation-types.ts';
import { accessEventOperations } from './access-event-operations.ts';
import { activityOperations } from './activity-operations.ts';
import { contactOperations } from './contact-operations.ts';
import { contractOperations } from './contract-operations.ts';
import { opportunityOperations } from './opportunity-operations.ts';
import { orderOperations } from './order-operations.ts';
import { paymentOperations } from './payment-operations.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { ruleOperations } from './rule-operations.ts';
import { searchOperations } from './search-operations.ts';
import { workflowOperations } from './workflow-operations.ts';

export { isCredit } from './edit-rules/booked-side.ts';
export { judgeCadence } from './edit-rules/cadence.ts';
export { readEditRules } from './edit-rules/edit-rule.ts';
export type { PortalEntitiesPlatform } from './platform.ts';
export { renderText, templateContext } from './searching/template-output.ts';
export { portalSource } from './updating/caller-source.ts';
export { followChangesets, portalChanges, recordPortalChanges } from './updating/change-store.ts';
export type { ContractHook, HookedAssignment } from './updating/contract-hook.ts';
export { approvalAttributes, writeAttributes } from './updating/update-entity.ts';
export { isForPortals, isVisible, showStep } from './workflows/visible-workflows.ts';

/** The operations of portal users on their entities (spec/portal.md §13 "Entities and workflows"). */
export function portalEntityOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    ...accessEventOperations(platform),
    ...activityOperations(platform),
    ...contactOperations(platform),
    ...contractOperations(platform),
    ...opportunityOperations(platform),
    ...orderOperations(platform),
    ...paymentOperations(platform),
    ...ruleOperations(platform),
    ...searchOperations(platform),
    ...workflowOperations(platform),
  };
}
