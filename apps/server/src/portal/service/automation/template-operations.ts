import { asObject } from '../../../contract/json-object.ts';
import type { Operations } from '../../../contract/operation-types.ts';
import { type Entity, findEntities, relatedIds } from '../../../entities/index.ts';
import { sql, type Tenant } from '../../../storage/index.ts';
import { listPortals, type Portal } from '../../config/index.ts';
import { firstAddress } from '../../users/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { requireAutomation } from './require-automation.ts';
import { entityLink, invitationLink, primaryEmail } from './template-links.ts';
import { usersInReach } from './users-in-reach.ts';

/** What a mail is about. */
interface Subject {
  readonly main: Entity | undefined;
  readonly contact: Entity | undefined;
  /** The address typed into a journey, or the contact's own. */
  readonly email: string | undefined;
  /** The portal chosen in a journey. */
  readonly portalId: string | undefined;
}

/** The portal a mail links to, by the place it has in the template. */
interface TemplatePortals {
  readonly customerPortal: Portal | undefined;
  readonly installerPortal: Portal | undefined;
  readonly portalUser: Portal | undefined;
}

/** Values of the portal variables in e-mail templates (spec/portal.md §10.4). */
export function templateOperations(platform: ServicePlatform): Operations<'customer-portal'> {
  const { grants, pages } = platform;

  const linksOf = async (tenant: Tenant, portal: Portal, { main, contact, email }: Subject) => {
    const link = main ? await entityLink(pages, tenant, portal, main) : '';
    const users = main ? await usersInReach(platform, tenant, [main], portal) : [];
    return {
      invitationLink: invitationLink(portal, contact, email),
      newDocumentLink: link,
      entityLink: link,
      userEmailsOnEntity: users.flatMap((user) => firstAddress(user) ?? []),
    };
  };

  return {
    async replaceECPTemplateVariables(call) {
      await requireAutomation(grants, call);
      const { tenant } = call;
      const { template_id: templateId, entity_context: context } = call.body ?? {};
      const subject = await subjectOf(tenant, Object.values(context ?? {}));
      const portals = await portalsOf(tenant, templateId, subject);
      const answer: Record<string, unknown> = {};
      for (const [name, portal] of Object.entries(portals)) {
        if (portal) answer[name] = await linksOf(tenant, portal, subject);
      }
      return answer;
    },
  };
}

interface ContextEntry {
  readonly _id?: string;
  readonly is_main_entity?: boolean;
  readonly journey_registration_email?: string;
  readonly journey_registration_portal_id?: string;
}

async function subjectOf(tenant: Tenant, entries: readonly ContextEntry[]): Promise<Subject> {
  const named = (entries.find((entry) => entry.is_main_entity) ?? entries[0])?._id;
  const [main] = named === undefined ? [] : await findEntities(tenant, [named]);
  const contact = main && (await contactOf(tenant, main));
  return {
    main,
    contact,
    email:
      entries.find((entry) => entry.journey_registration_email)?.journey_registration_email ??
      primaryEmail(contact),
    portalId: entries.find((entry) => entry.journey_registration_portal_id)?.journey_registration_portal_id,
  };
}

/** The main entity itself, or the customer it belongs to. */
async function contactOf(tenant: Tenant, main: Entity): Promise<Entity | undefined> {
  if (main.schema === 'contact') return main;
  const related = await relatedIds(tenant, [main.id], { schema: 'contact' });
  const contacts = await findEntities(
    tenant,
    related.map(({ id }) => id),
  );
  const customers = JSON.stringify(main.doc['customer'] ?? null);
  return contacts.find(({ id }) => customers.includes(id)) ?? contacts[0];
}

async function portalsOf(
  tenant: Tenant,
  templateId: string | undefined,
  { contact, portalId }: Subject,
): Promise<TemplatePortals> {
  const enabled = (await listPortals(tenant)).filter((portal) => portal.enabled);
  const chosen = enabled.find((portal) => portal.portalId === portalId);
  const ofOrigin = (origin: string) =>
    chosen?.origin === origin ? chosen : enabled.find((portal) => portal.origin === origin);
  const usesTemplate = ({ config }: Portal) =>
    templateId !== undefined && Object.values(asObject(config['email_templates'])).includes(templateId);
  return {
    customerPortal: ofOrigin('END_CUSTOMER_PORTAL'),
    installerPortal: ofOrigin('INSTALLER_PORTAL'),
    portalUser: chosen ?? enabled.find(usesTemplate) ?? (await portalOfUser(tenant, enabled, contact)),
  };
}

async function portalOfUser(
  tenant: Tenant,
  portals: readonly Portal[],
  contact: Entity | undefined,
): Promise<Portal | undefined> {
  if (!contact) return undefined;
  const rows = await tenant.query<{ portal_id: string | null }>(sql`
    select e.doc ->> 'portal_id' as portal_id from entity_edge g
      join entity e on e.org_id = g.org_id and e.id = g.from_id
     where g.org_id = ${tenant.org} and g.to_id = ${contact.id}::uuid and g.attribute = 'mapped_contact'
       and g.from_schema = 'portal_user' and e.deleted_at is null
     order by e.created_at, e.id`);
  const ids = new Set(rows.map((row) => row.portal_id));
  return portals.find(({ portalId }) => ids.has(portalId));
}
