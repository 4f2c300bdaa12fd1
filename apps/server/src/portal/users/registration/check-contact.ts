import { findEntity, relatedIds, schemasOf } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import type { Identifiers } from '../user-hooks.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { personsMatching } from './find-person.ts';
import { configuredIdentifiers, requireIdentifiers } from './identifiers.ts';
import { registrationMode } from './identify.ts';
import { untilThere } from './until-there.ts';

/** The answer of `checkContactExists` and `checkContactExistsV3`. */
export interface ContactAnswer {
  readonly exists: boolean;
  readonly contactId?: string;
  readonly accountId?: string;
  readonly reason?: 'TIMEOUT' | 'NOT_FOUND';
}

const TIMEOUT: ContactAnswer = { exists: false, reason: 'TIMEOUT' };
const NOT_FOUND: ContactAnswer = { exists: false, reason: 'NOT_FOUND' };

/**
 * Whether identifiers name exactly one contact (in account mode: account). Where a hook answers that, `mayAsk` false waits for what it has
 * announced, and never calls it again (portal §4.3): `NOT_FOUND` is final, after `TIMEOUT` a client may wait once more. Throws 400 for missing and
 * unknown identifiers, 429 for a throttled hook.
 */
export async function checkContact(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  shown: Identifiers,
  mayAsk: boolean,
): Promise<ContactAnswer> {
  const identifiers = requireIdentifiers(configuredIdentifiers(portal, 'registration_identifiers'), shown);
  const look = () => lookUp(portal, tenant, identifiers);
  const { hooks } = platform;
  if (!mayAsk && (await hooks?.identifiesContacts(portal, tenant))) {
    return (await untilThere(platform, look)) ?? TIMEOUT;
  }
  const answer = mayAsk ? await hooks?.identifyContact(portal, tenant, identifiers) : undefined;
  if (!answer) return (await look()) ?? NOT_FOUND;
  const { contactId } = answer;
  if (contactId === undefined) return NOT_FOUND;
  return (await untilThere(platform, () => contactWithId(portal, tenant, contactId))) ?? TIMEOUT;
}

/** Undefined while nobody matches; several are nobody for good. */
async function lookUp(
  portal: Portal,
  tenant: Tenant,
  identifiers: Identifiers,
): Promise<ContactAnswer | undefined> {
  const mode = registrationMode(portal);
  const [id, ...others] = await personsMatching(tenant, await schemasOf(tenant), mode, identifiers);
  if (id === undefined) return undefined;
  if (others.length > 0) return NOT_FOUND;
  return mode === 'contact' ? { exists: true, contactId: id } : { exists: true, accountId: id };
}

async function contactWithId(
  portal: Portal,
  tenant: Tenant,
  contactId: string,
): Promise<ContactAnswer | undefined> {
  if (!(await findEntity(tenant, contactId, 'contact'))) return undefined;
  const accounts =
    registrationMode(portal) === 'account'
      ? await relatedIds(tenant, [contactId], { schema: 'account' })
      : [];
  const [account] = accounts;
  return { exists: true, contactId, ...(account ? { accountId: account.id } : {}) };
}
