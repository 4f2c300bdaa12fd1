import { asObject } from '../../../contract/json-object.ts';
import {
  type EntityChanged,
  type EntityChangeListener,
  isDocument,
  relationItems,
} from '../../../entities/index.ts';
import { enqueue } from '../../../jobs/index.ts';
import type { Clock } from '../../../ports/index.ts';
import { sql, type TenantTransaction } from '../../../storage/index.ts';

export const NOTIFICATION_QUEUE = 'portal-notification';

/** Triggers that entity writes fire (contract schema `NotificationTriggerConfig`). */
export type TriggerType = 'entity_created' | 'entity_assigned';

/** The wish to notify, as a job carries it. */
export interface NotificationWish {
  readonly trigger: TriggerType;
  readonly entityId: string;
  /** Names the write: what it notifies of, it notifies of once. */
  readonly cause: string;
  /** Of an assignment: whom the entity was related to. */
  readonly assignedTo: readonly string[];
  /** The portal user who did it and needs no telling. */
  readonly actor?: string;
}

/** A configuration is seen here after this many milliseconds at the latest. */
const KEPT = 30_000;

/**
 * Listens to entity writes and wishes for notifications, in the same transaction, where a portal of the organisation is configured to notify
 * of them; who may see what is judged by the job, with all gates. Which triggers are on is kept for half a minute, so that writes of
 * organisations without any cost no statement.
 */
export function notificationListener(clock: Clock): EntityChangeListener {
  const kept = new Map<string, { readonly triggers: ReadonlySet<string>; readonly until: number }>();
  const triggersOf = async (tx: TenantTransaction, now: Date) => {
    const known = kept.get(tx.org);
    if (known && known.until > now.getTime()) return known.triggers;
    const triggers = await readTriggers(tx);
    kept.set(tx.org, { triggers, until: now.getTime() + KEPT });
    return triggers;
  };
  return async (tx, changes) => {
    const now = clock.now();
    const triggers = await triggersOf(tx, now);
    if (triggers.size === 0) return;
    for (const wish of changes.flatMap((change) => wishesOf(change, triggers)))
      await enqueue(tx, { queue: NOTIFICATION_QUEUE, payload: wish }, now);
  };
}

/** Whether a portal's configuration notifies of something; of what has to do with no schema, whatever schema the configuration names. */
export function notifiesOf(
  config: Readonly<Record<string, unknown>>,
  trigger: TriggerType | 'workflow_step_overdue',
  schema?: string,
): boolean {
  return enabledTriggers(config).includes(triggerKey(trigger, schema));
}

/** How a trigger of a schema is named among those that are on. */
function triggerKey(trigger: unknown, schema: unknown): string {
  return trigger === 'workflow_step_overdue' ? trigger : `${String(trigger)} ${String(schema)}`;
}

/** Keys of the triggers that a portal's configuration switches on. */
function enabledTriggers(config: Readonly<Record<string, unknown>>): string[] {
  const { notification_triggers: triggers, engagement_center_enabled: isOn } = config;
  if (isOn !== true || !Array.isArray(triggers)) return [];
  return triggers
    .map(asObject)
    .filter(({ enabled }) => enabled !== false)
    .map(({ trigger_type: type, entity_schema: schema }) => triggerKey(type, schema));
}

async function readTriggers(tx: TenantTransaction): Promise<Set<string>> {
  const rows = await tx.query<{ config: unknown }>(sql`
    select jsonb_build_object('notification_triggers', p.config -> 'notification_triggers',
                              'engagement_center_enabled', p.config -> 'engagement_center_enabled') as config
      from portal p where p.org_id = ${tx.org} and p.enabled`);
  return new Set(rows.flatMap(({ config }) => enabledTriggers(asObject(config))));
}

function wishesOf(change: EntityChanged, triggers: ReadonlySet<string>): NotificationWish[] {
  const { operation, after, activityId, source } = change;
  if (!after || activityId === undefined) return [];
  const isWanted = (trigger: TriggerType) => triggers.has(triggerKey(trigger, after.schema));
  const actor = source.actor.type === 'portal_user' ? source.actor.id : undefined;
  const cause = { entityId: after.id, cause: activityId, ...(actor === undefined ? {} : { actor }) };
  if (operation === 'createEntity' && isWanted('entity_created'))
    return [{ trigger: 'entity_created', assignedTo: [], ...cause }];
  const assignedTo = operation === 'updateEntity' && isWanted('entity_assigned') ? newlyRelated(change) : [];
  return assignedTo.length > 0 ? [{ trigger: 'entity_assigned', assignedTo, ...cause }] : [];
}

/** Ids that an update has added to any relation of the entity. */
function newlyRelated({ before, after, diff }: EntityChanged): string[] {
  const changed = [...Object.keys(diff.added), ...Object.keys(diff.updated)];
  return [...new Set(changed)].flatMap((name) => {
    const earlier = new Set((relationItems(before?.doc[name]) ?? []).map(({ entity_id: id }) => id));
    const now = isDocument(after?.doc) ? (relationItems(after.doc[name]) ?? []) : [];
    return now.map(({ entity_id: id }) => id).filter((id) => !earlier.has(id));
  });
}
