import {
  createActivity,
  type Document,
  type Entity,
  findEntities,
  findEntity,
  lockEntity,
  relatedIds,
  relationItems,
} from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import type { TenantQueries, TenantTransaction } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { addCustomer } from './add-customer.ts';
import { portalSource } from './caller-source.ts';
import type { HookedAssignment } from './contract-hook.ts';

type Writing = Pick<PortalEntitiesPlatform, 'graph' | 'clock'>;

/**
 * Lets a portal user reach what a hook has identified (spec/portal.md §9.4). Answers the contracts that became visible by it, as the user sees
 * them; contracts the user reached before are not among them.
 */
export async function assignByHook(
  platform: Writing,
  call: Pick<Call, 'tenant'>,
  access: PortalAccess,
  assignment: HookedAssignment,
): Promise<Document[]> {
  const contracts = await contractsOf(call.tenant, assignment);
  const before = await access.reaches(contracts);
  await call.tenant.transaction((tx) => assign(platform, tx, access, assignment, contracts));
  const gained = contracts.filter(({ id }) => !before.has(id));
  const now = await findEntities(
    call.tenant,
    gained.map(({ id }) => id),
  );
  return now.map((contract) => access.shownAttributes(contract));
}

async function contractsOf(queries: TenantQueries, assignment: HookedAssignment): Promise<Entity[]> {
  if (assignment.mode === 'contracts') {
    const found = await findEntities(queries, assignment.contractIds);
    return found.filter(({ schema }) => schema === 'contract');
  }
  const contact = await findEntity(queries, assignment.contactId, 'contact');
  const related = contact ? await relatedIds(queries, [contact.id], { schema: 'contract' }) : [];
  return findEntities(
    queries,
    related.map(({ id }) => id),
  );
}

async function assign(
  platform: Writing,
  tx: TenantTransaction,
  access: PortalAccess,
  assignment: HookedAssignment,
  contracts: readonly Entity[],
): Promise<void> {
  const { contactId, user } = access;
  if (assignment.mode === 'contact_to_portal_user') {
    const appended = await append(
      platform,
      tx,
      access,
      ['portal_user', user.portalUserId, 'represents'],
      assignment.contactId,
    );
    if (appended) await recordAssignment(platform, tx, access, contracts);
    return;
  }
  for (const { id } of contracts) await addCustomer(platform, access, tx, id);
  if (assignment.mode !== 'contact_to_contracts' || assignment.relationAttribute === undefined) return;
  await append(
    platform,
    tx,
    access,
    ['contact', contactId, assignment.relationAttribute],
    assignment.contactId,
  );
}

/** Appends a contact to a relation of an entity; false when it does not exist or is there already. */
async function append(
  { graph }: Writing,
  tx: TenantTransaction,
  access: PortalAccess,
  [schema, id, attribute]: readonly [schema: string, id: string, attribute: string],
  contactId: string,
): Promise<boolean> {
  const entity = await lockEntity(tx, id, schema);
  const contact = await findEntity(tx, contactId, 'contact');
  const items = relationItems(entity?.doc[attribute]) ?? [];
  if (!entity || !contact || contactId === access.contactId) return false;
  if (items.some(({ entity_id }) => entity_id === contactId)) return false;
  const attributes = { [attribute]: { $relation: [...items, { entity_id: contactId, _schema: 'contact' }] } };
  await graph.patch(tx, { id, schema, attributes }, { source: portalSource(access.user), direct: true });
  return true;
}

async function recordAssignment(
  { clock }: Writing,
  tx: TenantTransaction,
  access: PortalAccess,
  contracts: readonly Entity[],
): Promise<void> {
  for (const { id } of contracts) {
    await createActivity(
      tx,
      {
        type: 'SelfAssignmentFromPortal',
        title: 'Contract added in the portal',
        message: '{{caller}} added {{entity payload.entity.id payload.entity.schema}}',
        payload: { entity: { id, schema: 'contract' }, contact_id: access.contactId },
      },
      [id, access.contactId],
      portalSource(access.user),
      clock.now(),
    );
  }
}
