import { asObject } from '../../../contract/json-object.ts';
import {
  createActivity,
  type Document,
  type Entity,
  findByUniqueKeys,
  findEntities,
  lockEntity,
  relatedIds,
  relationItems,
} from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { countAttempt, SURFACE_LIMITS } from '../../../identity/index.ts';
import { forbidden, invalid, notFound, Refusal } from '../../../refusal.ts';
import type { TenantQueries, TenantTransaction } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { portalSource } from './caller-source.ts';

/** Schema -> attribute -> value. */
export type ContractIdentifiers = Readonly<Record<string, Readonly<Record<string, string>>>>;
/** More entities with the same identifiers are not looked at; several contracts are a conflict anyway. */
const MOST_MATCHES = 100;

/**
 * Finds the one contract that has the identifiers and makes the mapped contact a customer of it (spec/portal.md §5.9). Answers the contract
 * as the user sees it from now on; undefined when none matches.
 * @throws Refusal 403 where the portal has no identifiers, 400 for others than configured, 409 `MULTIPLE` or `DRAFT`, 429 for guessing
 */
export async function assignContract(
  platform: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  identifiers: ContractIdentifiers,
): Promise<Document | undefined> {
  const access = await platform.accessOf(call);
  if (access.user.readOnly) throw forbidden('Not permitted: adding a contract');
  requireConfigured(access, identifiers);
  await countAttempt(
    call.tenant,
    SURFACE_LIMITS.selfAssignment,
    access.user.portalUserId,
    platform.clock.now(),
  );
  const candidates = await candidatesOf(call.tenant, identifiers);
  const [contract] = candidates;
  if (!contract) return undefined;
  if (candidates.length > 1) throw notAssignable('MULTIPLE', 'Several contracts have these identifiers');
  if (contract.doc['status'] === 'draft') throw notAssignable('DRAFT', 'The contract is not ready yet');
  const assigned = await call.tenant.transaction((tx) => addCustomer(platform, access, tx, contract.id));
  return access.shownAttributes(assigned);
}

function requireConfigured(access: PortalAccess, identifiers: ContractIdentifiers): void {
  const configured = access.portal.config['contract_identifiers'];
  const wanted = (Array.isArray(configured) ? configured : [])
    .map(asObject)
    .map(({ schema, name }) => `${schema ?? 'contract'}.${name}`);
  if (wanted.length === 0) throw forbidden('Not permitted: this portal does not let customers add contracts');
  const sent = Object.entries(identifiers).flatMap(([schema, attributes]) =>
    Object.entries(attributes).map(([name, value]) => ({ path: `${schema}.${name}`, value })),
  );
  const problems = [
    ...wanted
      .filter((path) => !sent.some((one) => one.path === path))
      .map((path) => ({ path: `body.${path}`, message: 'is required' })),
    ...sent
      .filter(({ path }) => !wanted.includes(path))
      .map(({ path }) => ({ path: `body.${path}`, message: 'is no identifier of this portal' })),
    ...sent
      .filter(({ value }) => value.trim() === '')
      .map(({ path }) => ({ path: `body.${path}`, message: 'must not be empty' })),
  ];
  if (problems.length > 0) throw invalid(problems);
}

/** Contracts with the contract identifiers that are also related to what the other schemas' identifiers find. */
async function candidatesOf(queries: TenantQueries, identifiers: ContractIdentifiers): Promise<Entity[]> {
  const { contract: own, ...others } = identifiers;
  const sets: string[][] = own ? [(await matches(queries, 'contract', own)).map(({ id }) => id)] : [];
  for (const [schema, attributes] of Object.entries(others)) {
    const found = await matches(queries, schema, attributes);
    const related = await relatedIds(
      queries,
      found.map(({ id }) => id),
      { schema: 'contract' },
    );
    sets.push(related.map(({ id }) => id));
  }
  const [first = [], ...rest] = sets;
  return findEntities(
    queries,
    first.filter((id) => rest.every((set) => set.includes(id))),
  );
}

function matches(
  queries: TenantQueries,
  schema: string,
  attributes: Readonly<Record<string, string>>,
): Promise<Entity[]> {
  const keys = Object.entries(attributes).map(([attribute, value]) => ({ attribute, value: value.trim() }));
  return findByUniqueKeys(queries, schema, keys, { most: MOST_MATCHES });
}

async function addCustomer(
  { graph, clock }: PortalEntitiesPlatform,
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

function notAssignable(reason: 'MULTIPLE' | 'DRAFT', message: string): Refusal {
  return new Refusal(409, 'CONTRACT_NOT_ASSIGNABLE', message, { reason });
}
