import { type Entity, findEntities, relatedIds } from '../../../entities/index.ts';
import type { PortalPrincipal, PortalUserRecord } from '../../../identity/index.ts';
import { sql, type Tenant } from '../../../storage/index.ts';
import { calendarDay } from '../../access/index.ts';
import type { Portal } from '../../config/index.ts';
import type { ServicePlatform } from '../service-platform.ts';

/** Relations followed from an entity to the people it belongs to: counter, meter, contract or billing account, contact. */
const MOST_STEPS = 4;
/** Entities looked at on the way; what has more neighbours is nobody's in particular. */
const MOST_ON_THE_WAY = 500;
const MOST_USERS = 200;
/** The way to a person does not lead through what many share. */
const SHARED: ReadonlySet<string> = new Set(['product', 'price', 'tax', 'file', 'portal_user']);

/**
 * The portal users who see one of some entities: registered, enabled, mapped, and allowed by all three gates of their portal (spec/portal.md
 * §10.3). With a portal only its users.
 */
export async function usersInReach(
  {
    accessOf,
    directory,
    clock,
    portals,
  }: Pick<ServicePlatform, 'accessOf' | 'directory' | 'clock' | 'portals'>,
  tenant: Tenant,
  entities: readonly Entity[],
  portal?: Pick<Portal, 'portalId'>,
): Promise<PortalUserRecord[]> {
  const today = calendarDay(clock.now());
  const reaching: PortalUserRecord[] = [];
  for (const id of await candidates(tenant, entities)) {
    const user = await directory.portalUser(tenant.org, id);
    if (!user || !isActive(user, today) || (portal && user.portalId !== portal.portalId)) continue;
    const home = await portals.find(user.portalId);
    if (!home?.enabled) continue;
    const access = await accessOf({ principal: principalOf(tenant.org, home.origin, user), tenant });
    if ((await access.filter(entities)).length > 0) reaching.push(user);
  }
  return reaching;
}

/** Users of the contacts that are related to the entities in a few steps. Who of them really reaches one is for the access rules to say. */
async function candidates(tenant: Tenant, entities: readonly Entity[]): Promise<string[]> {
  const seen = new Set(entities.map(({ id }) => id));
  const contacts = new Set(entities.filter(({ schema }) => schema === 'contact').map(({ id }) => id));
  let front = entities.filter(({ schema }) => schema !== 'contact').map(({ id }) => id);
  for (let step = 0; step < MOST_STEPS && front.length > 0 && seen.size < MOST_ON_THE_WAY; step += 1) {
    const found = (await relatedIds(tenant, front)).filter(
      ({ id, schema }) => !seen.has(id) && !SHARED.has(schema),
    );
    for (const { id, schema } of found) {
      seen.add(id);
      if (schema === 'contact') contacts.add(id);
    }
    front = [...new Set(found.filter(({ schema }) => schema !== 'contact').map(({ id }) => id))];
  }
  const rows = await tenant.query<{ id: string }>(sql`
    select distinct from_id as id from entity_edge
     where org_id = ${tenant.org} and to_id = any(${[...contacts]}::uuid[]) and from_schema = 'portal_user'
       and attribute in ('mapped_contact', 'represents') order by from_id limit ${MOST_USERS}`);
  const users = await findEntities(
    tenant,
    rows.map(({ id }) => id),
  );
  return users.map(({ id }) => id);
}

function isActive(user: PortalUserRecord, today: string): boolean {
  return (
    user.registrationStatus === 'Registered' &&
    user.accessStatus &&
    user.isMapped &&
    (user.expiresAt === undefined || user.expiresAt >= today)
  );
}

function principalOf(org: string, origin: string, user: PortalUserRecord): PortalPrincipal {
  return {
    ...{
      kind: 'portal_user',
      org,
      portalId: user.portalId,
      origin,
      portalUserId: user.id,
      email: user.email,
    },
    contactId: user.contactId,
    contactIds: [...(user.contactId === undefined ? [] : [user.contactId]), ...user.represents],
    ...{ sessionId: undefined, impersonator: undefined, readOnly: false },
  };
}
