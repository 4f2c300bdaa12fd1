import { createActivity, type Entity, lockEntity, relationItems } from '../../../entities/index.ts';
import { notFound } from '../../../refusal.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { portalSource } from './caller-source.ts';

/**
 * Makes the mapped contact a customer of a contract, next to those it has, with the activity `SelfAssignmentFromPortal` on both. A contract that
 * has the contact already stays as it is. Throws 404 for an unknown contract.
 */
export async function addCustomer(
  { graph, clock }: Pick<PortalEntitiesPlatform, 'graph' | 'clock'>,
  access: PortalAccess,
  tx: TenantTransaction,
  contractId: string,
): Promise<Entity> {
  const contract = await lockEntity(tx, contractId, 'contract');
  if (!contract) throw notFound('The contract', 'ENTITY_NOT_FOUND');
  const { contactId, user } = access;
  const customers = relationItems(contract.doc['customer']) ?? [];
  if (customers.some(({ entity_id }) => entity_id === contactId)) return contract;
  const source = portalSource(user);
  const activity = await createActivity(
    tx,
    {
      type: 'SelfAssignmentFromPortal',
      title: 'Contract added in the portal',
      message: '{{caller}} added {{entity payload.entity.id payload.entity.schema}}',
      payload: { entity: { id: contractId, schema: 'contract' }, contact_id: contactId },
    },
    [contractId, contactId],
    source,
    clock.now(),
  );
  const attributes = {
    customer: { $relation: [...customers, { entity_id: contactId, _schema: 'contact' }] },
  };
  const written = await graph.patch(
    tx,
    { id: contractId, schema: 'contract', attributes },
    { source, direct: true, activityId: activity.id },
  );
  return written.entity;
}
