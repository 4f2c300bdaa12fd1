import { type Document, type EntityAccess, findEntity, relatedIds } from '../../entities/index.ts';
import type { Principal } from '../../identity/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { documentsOf } from '../documents.ts';
import { isHiddenFromPublic } from '../entity-views.ts';

/** Members of a line item that tell about the customer rather than about the price. */
const PERSONAL = new Set(['metadata', 'external_location_metadata', 'billing_address', 'delivery_address']);

/**
 * The first line item of a contract, with the amounts the customer pays now (spec/pricing.md B22); undefined when the contract does not exist
 * for the caller. A publishable token shows it to whoever knows the contract's id, which cannot be guessed; a portal user must be its customer.
 */
export async function itemOfContract(
  queries: TenantQueries,
  access: EntityAccess,
  principal: Principal,
  contractId: string,
): Promise<Document | undefined> {
  const contract = await findEntity(queries, contractId, 'contract');
  if (!contract) return undefined;
  if (principal.kind === 'portal_user') {
    const customers = await relatedIds(queries, [contract.id], { schema: 'contact' });
    if (!customers.some(({ id }) => principal.contactIds.includes(id))) return undefined;
  } else if (principal.kind !== 'public_token') {
    const rights = await access.rightsOf(principal);
    if (!rights.allows('entity:view', `contract:${contract.id}`, contract.doc)) return undefined;
  }
  const [item] = documentsOf(contract.doc['line_items']);
  if (!item) return undefined;
  const shown = Object.fromEntries(Object.entries(item).filter(([name]) => isShown(name)));
  // Contracts from other systems may leave out the model that nearly all prices have; the contract of this API wants it.
  return shown['is_composite_price'] === true ? shown : { pricing_model: 'per_unit', ...shown };
}

function isShown(member: string): boolean {
  return !isHiddenFromPublic(member) && !PERSONAL.has(member);
}
