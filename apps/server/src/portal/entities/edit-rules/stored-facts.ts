import {
  type Document,
  type Entity,
  type EntitySchema,
  findEntities,
  relatedIds,
} from '../../../entities/index.ts';
import { sql, type TenantQueries } from '../../../storage/index.ts';
import { calendarDay, type PortalAccess } from '../../access/index.ts';
import { portalChanges } from '../updating/change-store.ts';
import { isCredit, isUnpaid } from './booked-side.ts';
import type { DueDates } from './frozen-days.ts';
import type { EditFacts } from './judge-edit.ts';

/** The facts about one entity as they are stored; each is read when a rule first asks for it. */
export function storedFacts(
  queries: TenantQueries,
  entity: Entity,
  schema: EntitySchema,
  access: Pick<PortalAccess, 'reachable'> | undefined,
  now: Date,
): EditFacts {
  let events: Promise<Entity[]> | undefined;
  const billingEvents = () => {
    events ??= readBillingEvents(queries, entity, access);
    return events;
  };
  const dueDays = async (counts: (event: Document) => boolean) =>
    (await billingEvents())
      .filter(({ doc }) => isUnpaid(doc) && counts(doc))
      .flatMap(({ doc }) => dayOf(doc['due_date']) ?? []);
  return {
    now,
    today: calendarDay(now),
    history: (attribute) => portalChanges(queries, entity.id, attribute),
    openDebits: () => dueDays((event) => !isCredit(event)),
    async dueDates(attribute): Promise<DueDates> {
      const type = schema.attribute(attribute)?.type;
      if (type === 'date' || type === 'datetime') return { own: dayOf(entity.doc[attribute]), unpaid: [] };
      if (entity.schema !== 'contract' && entity.schema !== 'billing_account') return { unpaid: [] };
      const day = Number(entity.doc['billing_due_day']);
      return {
        unpaid: await dueDays(({ type }) => type === 'installment'),
        billingDueDay: Number.isInteger(day) && day >= 1 && day <= 31 ? day : undefined,
      };
    },
  };
}

/** The billing events of an entity's scope (spec/portal.md §5.7 `overdue_payments`). */
async function readBillingEvents(
  queries: TenantQueries,
  entity: Entity,
  access: Pick<PortalAccess, 'reachable'> | undefined,
): Promise<Entity[]> {
  const owners = await billingOwners(queries, entity, access);
  const found = await relatedIds(queries, owners, { schema: 'billing_event', direction: 'reverse' });
  return findEntities(
    queries,
    found.map(({ id }) => id),
  );
}

/** The contracts and billing accounts whose payments count for an entity. */
async function billingOwners(
  queries: TenantQueries,
  entity: Entity,
  access: Pick<PortalAccess, 'reachable'> | undefined,
): Promise<string[]> {
  const neighbours = async (ids: readonly string[], schema: string) =>
    (await relatedIds(queries, ids, { schema })).map(({ id }) => id);
  switch (entity.schema) {
    case 'contract':
      return [entity.id, ...(await neighbours([entity.id], 'billing_account'))];
    case 'billing_account':
      return [entity.id, ...(await neighbours([entity.id], 'contract'))];
    case 'contact': {
      const contracts = access
        ? (
            await queries.query<{ id: string }>(sql`select id from (${access.reachable(['contract'])}) r`)
          ).map(({ id }) => id)
        : await neighbours([entity.id], 'contract');
      return [...contracts, ...(await neighbours(contracts, 'billing_account'))];
    }
    default: {
      const contracts = await neighbours([entity.id], 'contract');
      return [...contracts, ...(await neighbours(contracts, 'billing_account'))];
    }
  }
}

/** The calendar day of a stored date; instants are taken in the organisation's time zone. */
function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Number.isNaN(Date.parse(value)) ? undefined : value;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? undefined : calendarDay(instant);
}
