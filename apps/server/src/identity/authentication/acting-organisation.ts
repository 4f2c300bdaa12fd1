import type { FastifyRequest } from 'fastify';
import { forbidden, invalid } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { findOrganisation } from '../organisations/organisation.ts';
import { findStaffUser } from '../organisations/staff-user.ts';
import type { Principal } from '../principal.ts';

/** Both names mean the same: the organisation a call wants to act in (identity §1.3). */
const HEADERS = ['x-epilot-org-id', 'x-ivy-org-id'] as const;

/** The organisation named by a header. Throws 400 when it is no organisation id, or when the two headers differ. */
export function namedOrganisation(request: FastifyRequest): string | undefined {
  const named = HEADERS.flatMap((header) => {
    const value = request.headers[header];
    return typeof value === 'string' && value !== '' ? [{ header, value }] : [];
  });
  const [first] = named;
  for (const { header, value } of named) {
    if (!/^\d{1,20}$/.test(value) || value !== first?.value) {
      throw invalid({ path: `header.${header}`, message: 'must be one organisation id' });
    }
  }
  return first?.value;
}

/**
 * The principal in the organisation the header names. Without a token the header identifies it. A 360 user may switch to an organisation in
 * which they have roles of their own; for everybody else another organisation than the token's is a 403.
 */
export async function inActingOrganisation(
  database: Database,
  principal: Principal,
  named: string | undefined,
): Promise<Principal> {
  if (named === undefined || named === principal.org) return principal;
  if (principal.kind === 'anonymous') return { kind: 'anonymous', org: named };
  if (principal.kind === 'user') {
    const tenant = database.tenant(named);
    const organisation = await findOrganisation(tenant);
    const user = await findStaffUser(tenant, principal.userId);
    if (organisation?.active && user?.status === 'Active' && user.roles.length > 0) {
      return { ...principal, org: named, roles: user.roles };
    }
  }
  throw forbidden('Not permitted to act in this organisation');
}
