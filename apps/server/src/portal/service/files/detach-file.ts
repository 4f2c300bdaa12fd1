import {
  type EntityGraph,
  lockEntity,
  relatedIds,
  relationItems,
  type WriteOptions,
} from '../../../entities/index.ts';
import type { TenantTransaction } from '../../../storage/index.ts';

interface Place {
  readonly id: string;
  readonly schema: string;
}

/**
 * Ends every relation between a file and an entity, on whichever side it is stored, and deletes the file when nothing else names it any more. Its
 * bytes go with the recycle bin.
 */
export async function detachFile(
  tx: TenantTransaction,
  graph: EntityGraph,
  file: Place,
  parent: Place,
  options: WriteOptions,
): Promise<void> {
  await dropItems(tx, graph, parent, file.id, options);
  await dropItems(tx, graph, file, parent.id, options);
  const left = await relatedIds(tx, [file.id]);
  if (left.length === 0) await graph.softDelete(tx, file, options);
}

async function dropItems(
  tx: TenantTransaction,
  graph: EntityGraph,
  { id, schema }: Place,
  targetId: string,
  options: WriteOptions,
): Promise<void> {
  const entity = await lockEntity(tx, id, schema);
  const shortened = Object.entries(entity?.doc ?? {}).flatMap(([attribute, value]) => {
    const items = relationItems(value) ?? [];
    const left = items.filter((item) => item.entity_id !== targetId);
    return left.length === items.length ? [] : [[attribute, left.length > 0 ? { $relation: left } : null]];
  });
  if (shortened.length === 0) return;
  await graph.patch(tx, { id, schema, attributes: Object.fromEntries(shortened) }, options);
}
