import { ulid } from 'ulid';
import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { PortalEntitiesPlatform } from './platform.ts';

/** `triggerEntityAccessEvent` by origin and by portal id or domain: a portal reports what its user opens (spec/portal.md §5.12). */
export function accessEventOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    triggerEntityAccessEvent: (call) => reportAccess(platform, call, call.parameters),
    triggerEntityAccessEventV3: (call) => reportAccess(platform, call, call.parameters),
  };
}

/** Without an entity it means that the list was opened; for `contact`, the own one. */
async function reportAccess(
  { accessOf, clock }: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  { schema, entity_id: entityId }: { schema: string; entity_id?: string },
) {
  const access = await accessOf(call);
  const id = entityId ?? (schema === 'contact' ? access.contactId : undefined);
  if (id === undefined) await access.scopeOf([schema]);
  else await access.load(schema, id);
  const subject = id === undefined ? schema : `${schema}:${id}`;
  return { eventId: await recordAccess(call.tenant, access.user.portalUserId, subject, clock.now()) };
}

/** The id of the event for this subject in the current minute: the first report makes it, repeats get the same. */
export async function recordAccess(
  queries: TenantQueries,
  portalUserId: string,
  subject: string,
  now: Date,
): Promise<string> {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const row = await queries.first<{ event_id: string }>(sql`
    insert into portal_access_event (org_id, portal_user_id, subject, minute, event_id)
    values (${queries.org}, ${portalUserId}, ${subject}, ${minute}, ${ulid(now.getTime())})
    on conflict (org_id, portal_user_id, subject, minute) do update set event_id = portal_access_event.event_id
    returning event_id`);
  if (!row) throw new Error('An upsert answers its row');
  return row.event_id;
}
