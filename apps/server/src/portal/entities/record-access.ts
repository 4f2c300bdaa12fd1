import { type Entity, entityDocuments } from '../../entities/index.ts';
import { emitEvent } from '../../events/index.ts';
import { newUlid } from '../../ports/index.ts';
import { sql, type TenantTransaction } from '../../storage/index.ts';

/** Who opened what in which portal. */
export interface PortalAccessed {
  readonly user: {
    readonly portalUserId: string;
    readonly portalId: string;
    readonly origin: string;
    readonly email: string;
    readonly contactId: string | undefined;
  };
  readonly schema: string;
  /** Undefined when a list was opened. */
  readonly entity: Entity | undefined;
  /** Whether the user has just signed in. */
  readonly isSignIn?: boolean;
}

/**
 * The id of the event that a portal user opened something: the first report in a minute makes it and raises `PortalEntityAccessed`, repeats get
 * the same id and raise nothing (spec/portal.md §5.12, §11.1).
 */
export async function recordAccess(
  tx: TenantTransaction,
  { user, schema, entity, isSignIn = false }: PortalAccessed,
  now: Date,
): Promise<string> {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const subject = entity ? `${schema}:${entity.id}` : schema;
  const id = newUlid(now);
  const row = await tx.first<{ event_id: string }>(sql`
    insert into portal_access_event (org_id, portal_user_id, subject, minute, event_id)
    values (${tx.org}, ${user.portalUserId}, ${subject}, ${minute}, ${id})
    on conflict (org_id, portal_user_id, subject, minute) do update set event_id = portal_access_event.event_id
    returning event_id`);
  if (!row) throw new Error('An upsert answers its row');
  if (row.event_id !== id) return row.event_id;
  const [accessed] = await entityDocuments(tx, entity ? [entity] : []);
  const payload = {
    analytics_name: isSignIn ? 'user_logged_in' : `${schema}_viewed`,
    schema,
    ...(accessed ? { entity: accessed } : {}),
    caller: {
      portal_user_id: user.portalUserId,
      contact_entity_id: user.contactId,
      email: user.email,
      portal_origin: user.origin,
      portal_id: user.portalId,
    },
  };
  await emitEvent(
    tx,
    {
      ...{ id, name: 'PortalEntityAccessed', payload },
      ...{ sourceType: 'portal_user', source: user.email, eventSource: 'portal' },
    },
    now,
  );
  return id;
}
