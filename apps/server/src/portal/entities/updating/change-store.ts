import { randomUUID } from 'node:crypto';
import type { EntityChangeListener } from '../../../entities/index.ts';
import { sql, type TenantQueries, type TenantTransaction } from '../../../storage/index.ts';

/** Instants at which portal users changed an attribute of an entity, oldest first. */
export async function portalChanges(
  queries: TenantQueries,
  entityId: string,
  attribute: string,
): Promise<Date[]> {
  const rows = await queries.query<{ changed_at: Date }>(sql`
    select changed_at from portal_attribute_change
     where org_id = ${queries.org} and entity_id = ${entityId} and attribute = ${attribute} order by changed_at`);
  return rows.map((row) => row.changed_at);
}

/** Remembers that a portal user changed attributes; `parked` are those whose value waits for confirmation. */
export async function recordPortalChanges(
  tx: TenantTransaction,
  entityId: string,
  attributes: readonly string[],
  parked: ReadonlySet<string>,
  now: Date,
): Promise<void> {
  for (const attribute of attributes) {
    await tx.run(sql`
      insert into portal_attribute_change (org_id, entity_id, attribute, id, changed_at, parked)
      values (${tx.org}, ${entityId}, ${attribute}, ${randomUUID()}, ${now}, ${parked.has(attribute)})`);
  }
}

/**
 * Keeps the history of portal changes in step with the graph: a dismissed proposal was no change, a confirmed one is final, and a purged
 * entity has no history.
 */
export const followChangesets: EntityChangeListener = async (tx, changes) => {
  for (const { operation, before, after, changesets } of changes) {
    const entity = after ?? before;
    if (!entity) continue;
    if (operation === 'deleteEntity') {
      await tx.run(
        sql`delete from portal_attribute_change where org_id = ${tx.org} and entity_id = ${entity.id}`,
      );
      continue;
    }
    for (const attribute of changesets.dismissed) await forgetProposal(tx, entity.id, attribute);
    const settled = [...changesets.applied, ...changesets.cleared];
    if (settled.length === 0) continue;
    await tx.run(sql`
      update portal_attribute_change set parked = false
       where org_id = ${tx.org} and entity_id = ${entity.id} and attribute = any(${settled}::text[]) and parked`);
  }
};

/** Only the newest proposal can be dismissed: it has replaced those before it. */
async function forgetProposal(tx: TenantTransaction, entityId: string, attribute: string): Promise<void> {
  await tx.run(sql`
    delete from portal_attribute_change
     where org_id = ${tx.org} and entity_id = ${entityId} and attribute = ${attribute} and id = (
       select id from portal_attribute_change
        where org_id = ${tx.org} and entity_id = ${entityId} and attribute = ${attribute} and parked
        order by changed_at desc, id limit 1)`);
}
