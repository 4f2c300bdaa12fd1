import { sql, type TenantTransaction } from '../../storage/index.ts';
import type { Entity } from '../model/entity.ts';
import { ENTITY_COLUMNS, type EntityRow, entityFromRow } from '../model/entity-row.ts';
import { isEntityId } from './relation-wishes.ts';

/** Reads an entity that is to be changed depending on what it holds; nobody else writes it until the transaction ends. */
export async function lockEntity(
  tx: TenantTransaction,
  id: string,
  schema: string,
): Promise<Entity | undefined> {
  if (!isEntityId(id)) return undefined;
  const row = await tx.first<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = ${id} and e.schema = ${schema} and e.deleted_at is null for no key update`);
  return row && entityFromRow(row);
}
