import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { newUlid } from '../../ports/index.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { recordAccess } from './record-access.ts';

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
  const entity = id === undefined ? undefined : await access.load(schema, id);
  const { user } = access;
  // Staff who look through a customer's eyes leave no traces of a customer (spec/portal.md §4.8).
  if (user.impersonator !== undefined || user.readOnly) return { eventId: newUlid(clock.now()) };
  const eventId = await call.tenant.transaction((tx) =>
    recordAccess(tx, { user, schema, entity }, clock.now()),
  );
  return { eventId };
}
