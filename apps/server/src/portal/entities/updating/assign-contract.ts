import { asObject } from '../../../contract/json-object.ts';
import { type Document, type Entity, findEntities, relatedIds, schemasOf } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { countAttempt, SURFACE_LIMITS } from '../../../identity/index.ts';
import { forbidden, invalid, Refusal } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { matchingEntities } from '../../identifiers/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { addCustomer } from './add-customer.ts';
import { assignByHook } from './assign-by-hook.ts';
import type { ContractIdentifiers } from './contract-hook.ts';

/**
 * Finds the contracts that belong to identifiers and lets the user reach them: through the portal's hook, or the one contract that has them
 * all, of which the mapped contact becomes a customer (spec/portal.md §5.9). Answers the contracts as the user sees them from now on; none
 * when nothing matches.
 * @throws Refusal 403 where the portal has no identifiers, 400 for others than configured, 409 `MULTIPLE` or `DRAFT`, 429 for guessing
 */
export async function assignContracts(
  platform: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  identifiers: ContractIdentifiers,
): Promise<Document[]> {
  const access = await platform.accessOf(call);
  if (access.user.readOnly) throw forbidden('Not permitted: adding a contract');
  const { contractHook } = platform;
  const isHooked = contractHook?.isChosen(access.portal) === true;
  requireConfigured(access, identifiers, isHooked);
  await countAttempt(
    call.tenant,
    SURFACE_LIMITS.selfAssignment,
    access.user.portalUserId,
    platform.clock.now(),
  );
  if (isHooked) {
    const assignment = await contractHook.identify(access, call.tenant, identifiers);
    return assignment ? assignByHook(platform, call, access, assignment) : [];
  }
  const candidates = await candidatesOf(call.tenant, identifiers);
  const [contract] = candidates;
  if (!contract) return [];
  if (candidates.length > 1) throw notAssignable('MULTIPLE', 'Several contracts have these identifiers');
  if (contract.doc['status'] === 'draft') throw notAssignable('DRAFT', 'The contract is not ready yet');
  const assigned = await call.tenant.transaction((tx) => addCustomer(platform, access, tx, contract.id));
  return [access.shownAttributes(assigned)];
}

/** The portal's identifiers, all of them and no others. Where it has none, a hook is asked for whatever is sent. */
function requireConfigured(access: PortalAccess, identifiers: ContractIdentifiers, isHooked: boolean): void {
  const configured = access.portal.config['contract_identifiers'];
  const wanted = (Array.isArray(configured) ? configured : [])
    .map(asObject)
    .map(({ schema, name }) => `${schema ?? 'contract'}.${name}`);
  if (wanted.length === 0 && !isHooked)
    throw forbidden('Not permitted: this portal does not let customers add contracts');
  const sent = Object.entries(identifiers).flatMap(([schema, attributes]) =>
    Object.entries(attributes).map(([name, value]) => ({ path: `${schema}.${name}`, value })),
  );
  if (wanted.length === 0 && sent.length === 0)
    throw invalid({ path: 'body', message: 'must hold identifiers' });
  const problems = [
    ...wanted
      .filter((path) => !sent.some((one) => one.path === path))
      .map((path) => ({ path: `body.${path}`, message: 'is required' })),
    ...sent
      .filter(({ path }) => wanted.length > 0 && !wanted.includes(path))
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
  const schemas = await schemasOf(queries);
  const matches = (schema: string, values: Readonly<Record<string, string>>) =>
    matchingEntities(queries, schemas, schema, values);
  const sets: string[][] = own ? [(await matches('contract', own)).map(({ id }) => id)] : [];
  for (const [schema, attributes] of Object.entries(others)) {
    const found = await matches(schema, attributes);
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

function notAssignable(reason: 'MULTIPLE' | 'DRAFT', message: string): Refusal {
  return new Refusal(409, 'CONTRACT_NOT_ASSIGNABLE', message, { reason });
}
