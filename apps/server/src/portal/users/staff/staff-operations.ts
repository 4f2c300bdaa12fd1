import type { Operations } from '../../../contract/operation-types.ts';
import {
  type Entity,
  findEntities,
  findEntity,
  schemasOf,
  toWire,
  visibleDocument,
} from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, notFound } from '../../../refusal.ts';
import { emailTemplateId } from '../../config/index.ts';
import { firstAddress, isActive } from '../portal-user.ts';
import { usersWithAddress } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { reachesEntity, usersReaching } from './users-reaching.ts';

const TEMPLATE_PURPOSES = [
  'onNewQuote',
  'onDocUpload',
  'onWorkflowStepAssigned',
  'invitation',
  'partnerInvitation',
  'onMapAPendingUser',
] as const;

/** What administrators and automations ask about portal users (portal §4.8, §4.10, §10.3). */
export function staffOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { identity, portals, database } = platform;

  /** An entity as the caller may see it. */
  const shown = async (call: Pick<Call, 'principal' | 'tenant'>, entity: Entity) => {
    const rights = await identity.access.rightsOf(call.principal);
    const schema = (await schemasOf(call.tenant)).find(entity.schema);
    return visibleDocument(rights, schema, entity);
  };

  return {
    async getECPContact(call) {
      const { id } = call.parameters;
      const contact = await findEntity(call.tenant, id, 'contact');
      await identity.access.requireGrant(call, 'entity:view', `contact:${id}`, contact && toWire(contact));
      if (!contact) throw notFound('The contact', 'ENTITY_NOT_FOUND');
      return { data: await shown(call, contact) };
    },

    async fetchPortalUsersByRelatedEntity(call) {
      await identity.access.requireGrant(call, 'entity:view', 'portal_user:*');
      const { entity_id: id, slug } = call.parameters;
      const entity = await findEntity(call.tenant, id, slug);
      const users = entity ? await usersReaching(platform, call.tenant, entity) : [];
      return { portalUsers: await Promise.all(users.map((user) => shown(call, user))) };
    },

    async getRecipientsToNotifyOnAutomation(call) {
      await requireAutomation(call);
      const { emails, template_id: templateId, context_id: contextId } = call.body;
      const [context] = await findEntities(call.tenant, [contextId]);
      if (!context) return none('The context entity does not exist');
      const recipients = [];
      for (const email of new Set(emails.map((address) => address.trim().toLowerCase()))) {
        const ids = await usersWithAddress(database, call.tenant.org, email);
        const users = (await findEntities(call.tenant, ids)).filter(isActive);
        const user = await firstEntitled(call, users, templateId, context);
        if (user) recipients.push({ email: firstAddress(user) ?? email, recipient_id: user.id });
      }
      if (recipients.length === 0)
        return none('No active portal user among these addresses can see the entity');
      return { recipients, emails: recipients.map(({ email }) => email) };
    },
  };

  async function requireAutomation(call: Pick<Call, 'principal'>): Promise<void> {
    const rights = await identity.access.rightsOf(call.principal);
    const grants = ['automation:trigger', 'customer_portal:view', 'installer_portal:view'];
    if (!grants.some((grant) => rights.allows(grant, '*')))
      throw forbidden('Not permitted: automation:trigger');
  }

  /** A user of the portal that uses the template, else of any portal, who reaches the entity. */
  async function firstEntitled(
    call: Pick<Call, 'tenant'>,
    users: readonly Entity[],
    templateId: string,
    context: Entity,
  ): Promise<Entity | undefined> {
    const entitled: { readonly user: Entity; readonly usesTemplate: boolean }[] = [];
    for (const user of users) {
      const portal = await portals.find(String(user.doc['portal_id'] ?? ''));
      if (!portal || !(await reachesEntity(platform, call.tenant, portal, user, context))) continue;
      const usesTemplate = TEMPLATE_PURPOSES.some(
        (purpose) => emailTemplateId(portal, purpose) === templateId,
      );
      entitled.push({ user, usesTemplate });
    }
    return (entitled.find(({ usesTemplate }) => usesTemplate) ?? entitled[0])?.user;
  }
}

function none(message: string) {
  return { recipients: [], emails: [], message };
}
