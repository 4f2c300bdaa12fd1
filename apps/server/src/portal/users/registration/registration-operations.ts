import type { Operations } from '../../../contract/operation-types.ts';
import type { Call } from '../../../http/call.ts';
import { invalid } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { checkContact } from './check-contact.ts';
import { type Asker, countLookup, countRegistration, inUniformTime } from './lookup-limits.ts';
import { register } from './register.ts';
import type { RegistrationForm } from './registration-form.ts';

interface UserBody {
  readonly email: string;
  readonly orgId: string;
  readonly password: string;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly contactId?: string | undefined;
  readonly contactIdentifiers?: Record<string, string> | undefined;
  readonly registration_identifiers?: Record<string, Record<string, string>> | undefined;
  readonly contact_identifiers_for_account?: Record<string, string> | undefined;
  readonly additional_contact_attributes?: Record<string, string> | undefined;
}

interface ContactBody {
  readonly org_id: string;
  readonly registration_identifiers: Record<string, Record<string, string>>;
  readonly trigger_identifiers_check?: boolean | undefined;
}

/** Self-registration, and asking beforehand whether somebody is known (portal §4.2, §4.3). */
export function registrationOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { portals, database, clock } = platform;

  const registerAt = async (portal: Portal, body: UserBody, asker: Asker & Pick<Call, 'url'>) => {
    await countRegistration(database.tenant(portal.org), portal.portalId, asker, clock.now());
    await register(platform, portal, formOf(body, asker.url));
    return { message: 'User created successfully', response: {} };
  };

  const checkAt = async (portal: Portal, body: ContactBody, asker: Asker) => {
    if (portal.org !== body.org_id) {
      throw invalid({ path: 'body.org_id', message: 'is not the organisation of the portal' });
    }
    const tenant = database.tenant(portal.org);
    await countLookup(tenant, portal.portalId, asker, clock.now());
    const mayAsk = body.trigger_identifiers_check !== false;
    return inUniformTime(() => checkContact(platform, portal, tenant, body.registration_identifiers, mayAsk));
  };

  return {
    async createUser(call) {
      const portal = await portals.ofPublic({ org_id: call.body.orgId, origin: call.parameters.origin });
      return registerAt(portal, call.body, call);
    },

    async createUserV3(call) {
      const portal = await portals.ofPublic(call.parameters);
      return registerAt(portal, call.body, call);
    },

    async checkContactExists(call) {
      const portal = await portals.ofPublic({ org_id: call.body.org_id, origin: call.parameters.origin });
      const { accountId: _accountId, ...answer } = await checkAt(portal, call.body, call);
      return answer;
    },

    async checkContactExistsV3(call) {
      return checkAt(await portals.ofPublic(call.parameters), call.body, call);
    },
  };
}

/** Journeys say where they come from in the query (portal §4.2 step 8). */
function isFromJourney(url: string): boolean {
  return new URLSearchParams(url.split('?')[1]).get('source') === 'journey';
}

function formOf(body: UserBody, url: string): RegistrationForm {
  const identifiers = body.registration_identifiers ?? {};
  const former = body.contactIdentifiers ?? {};
  const hasFormer = Object.keys(former).length > 0;
  return {
    org: body.orgId,
    email: body.email,
    password: body.password,
    firstName: body.first_name || undefined,
    lastName: body.last_name || undefined,
    contactId: body.contactId || undefined,
    identifiers: hasFormer
      ? { ...identifiers, contact: { ...former, ...identifiers['contact'] } }
      : identifiers,
    contactIdentifiersForAccount: body.contact_identifiers_for_account ?? {},
    additionalAttributes: body.additional_contact_attributes ?? {},
    isFromJourney: isFromJourney(url),
  };
}
