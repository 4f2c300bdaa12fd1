import { setTimeout as wait } from 'node:timers/promises';
import { findEntity, relatedIds, schemasOf } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import type { Identifiers } from '../user-hooks.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { personsMatching } from './find-person.ts';
import { configuredIdentifiers, requireIdentifiers } from './identifiers.ts';
import { registrationMode } from './identify.ts';

/** The answer of `checkContactExists` and `checkContactExistsV3`. */
export interface ContactAnswer {
  readonly exists: boolean;
  readonly contactId?: string;
  readonly accountId?: string;
  readonly reason?: 'TIMEOUT' | 'NOT_FOUND';
}

/** A third party may know a contact before it has arrived here: how long to wait for it. */
const MOST_WAITING_MS = 15_000;
const PAUSE_MS = 1_000;
const NOT_FOUND: ContactAnswer = { exists: false, reason: 'NOT_FOUND' };

/**
 * Whether identifiers name exactly one contact (in account mode: account). `mayAsk` false looks into our own data only and never calls the hook
 * again (portal §4.3). Throws 400 for missing and unknown identifiers, 429 for a throttled hook.
 */
export async function checkContact(
  platform: UsersPlatform,
  portal: Portal,
  tenant: Tenant,
  shown: Identifiers,
  mayAsk: boolean,
): Promise<ContactAnswer> {
  const identifiers = requireIdentifiers(configuredIdentifiers(portal, 'registration_identifiers'), shown);
  const answer = mayAsk ? await platform.hooks?.identifyContact(portal, tenant, identifiers) : undefined;
  if (!answer) return lookUp(portal, tenant, identifiers);
  if (answer.contactId === undefined) return NOT_FOUND;
  return awaitContact(portal, tenant, answer.contactId);
}

async function lookUp(portal: Portal, tenant: Tenant, identifiers: Identifiers): Promise<ContactAnswer> {
  const mode = registrationMode(portal);
  const [id, ...others] = await personsMatching(tenant, await schemasOf(tenant), mode, identifiers);
  if (id === undefined || others.length > 0) return NOT_FOUND;
  return mode === 'contact' ? { exists: true, contactId: id } : { exists: true, accountId: id };
}

async function awaitContact(portal: Portal, tenant: Tenant, contactId: string): Promise<ContactAnswer> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const contact = await findEntity(tenant, contactId, 'contact');
    if (contact) {
      const accounts =
        registrationMode(portal) === 'account'
          ? await relatedIds(tenant, [contactId], { schema: 'account' })
          : [];
      const [account] = accounts;
      return { exists: true, contactId, ...(account ? { accountId: account.id } : {}) };
    }
    if (waited >= MOST_WAITING_MS) return { exists: false, reason: 'TIMEOUT' };
    await wait(PAUSE_MS);
  }
}
