import { type Entity, relatedIds } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { relatedTo } from '../portal-user.ts';
import { usersActingFor } from '../user-store.ts';
import type { UsersPlatform } from '../users-platform.ts';

/** Steps from an entity up to the contacts above it: a counter's meter's contract's account's contact is the longest way of portal §5.3. */
const MOST_STEPS = 4;
/** Schemas that lead up; products, prices and files of others do not. */
const UPWARDS: ReadonlySet<string> = new Set([
  'contact',
  'account',
  'contract',
  'billing_account',
  'billing_event',
  'opportunity',
  'order',
  'meter',
  'meter_counter',
  'file',
  'asset',
  'ticket',
]);
/** A shared entity could lead anywhere; beyond this the answer would mean nothing. */
const MOST_VISITED = 2_000;

type Platform = Pick<UsersPlatform, 'accessOf' | 'portals'>;

/** The portal users, in any portal of the organisation, who can reach an entity: candidates by relation, then each one's own gates. */
export async function usersReaching(platform: Platform, tenant: Tenant, entity: Entity): Promise<Entity[]> {
  const candidates = await usersActingFor(tenant, await contactsAbove(tenant, entity));
  const reaching: Entity[] = [];
  for (const user of candidates) {
    const portal = await platform.portals.find(String(user.doc['portal_id'] ?? ''));
    if (portal?.org === tenant.org && (await reachesEntity(platform, tenant, portal, user, entity))) {
      reaching.push(user);
    }
  }
  return reaching;
}

/** Whether a portal user passes all gates to an entity (portal §5.1), as if they asked themselves. */
export async function reachesEntity(
  { accessOf }: Platform,
  tenant: Tenant,
  portal: Portal,
  user: Entity,
  entity: Entity,
): Promise<boolean> {
  const [contactId] = relatedTo(user, 'mapped_contact');
  const access = await accessOf({
    tenant,
    principal: {
      kind: 'portal_user',
      org: tenant.org,
      portalId: portal.portalId,
      origin: portal.origin,
      portalUserId: user.id,
      email: '',
      contactId,
      contactIds: [...(contactId ? [contactId] : []), ...relatedTo(user, 'represents')],
      sessionId: undefined,
      impersonator: undefined,
      readOnly: true,
    },
  });
  return (await access.filter([entity])).length > 0;
}

async function contactsAbove(tenant: Tenant, entity: Entity): Promise<string[]> {
  const contacts = new Set<string>(entity.schema === 'contact' ? [entity.id] : []);
  const visited = new Set([entity.id]);
  let front = entity.schema === 'contact' ? [] : [entity.id];
  for (let step = 0; step < MOST_STEPS && front.length > 0 && visited.size < MOST_VISITED; step += 1) {
    const next: string[] = [];
    for (const { id, schema } of await relatedIds(tenant, front)) {
      if (visited.has(id) || !UPWARDS.has(schema)) continue;
      visited.add(id);
      if (schema === 'contact') contacts.add(id);
      else next.push(id);
    }
    front = next;
  }
  return [...contacts];
}
