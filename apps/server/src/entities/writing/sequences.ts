import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import type { OrganisationSchemas } from '../schemas/schema-catalogue.ts';
import type { IdentifiedChange } from './load-working-set.ts';

/** A sequence attribute that a new entity leaves to the platform. */
interface Draw {
  readonly id: string;
  readonly schema: string;
  readonly attribute: string;
  readonly prefix: string;
  readonly start: number;
}

/**
 * Draws the sequence numbers for the new entities among the changes: prefix and number, from `start_number` (default 1) upwards, never the
 * same again. A refused create leaves a gap. Answers the attributes by entity id.
 */
export async function drawNumbers(
  tx: TenantTransaction,
  schemas: OrganisationSchemas,
  changes: readonly IdentifiedChange[],
): Promise<Map<string, Document>> {
  const draws = changes.flatMap((change) => drawsOf(schemas, change));
  if (draws.length === 0) return new Map();
  const groups = Map.groupBy(draws, sequenceKey);
  const next = await reserve(tx, [...groups.values()]);
  const numbers = new Map<string, Document>();
  for (const draw of draws) {
    const key = sequenceKey(draw);
    const number = next.get(key) ?? draw.start;
    next.set(key, number + 1);
    numbers.set(draw.id, { ...numbers.get(draw.id), [draw.attribute]: `${draw.prefix}${number}` });
  }
  return numbers;
}

function sequenceKey({ schema, attribute }: { readonly schema: string; readonly attribute: string }): string {
  return `${schema} ${attribute}`;
}

function drawsOf(schemas: OrganisationSchemas, change: IdentifiedChange): Draw[] {
  if (change.kind !== 'create') return [];
  const open = schemas
    .find(change.schema)
    ?.sequences.filter(({ name }) => (change.attributes[name] ?? null) === null);
  return (open ?? []).map(({ name, prefix, start_number }) => ({
    id: change.id,
    schema: change.schema,
    attribute: name,
    prefix: prefix ?? '',
    start: start_number ?? 1,
  }));
}

/** Reserves as many numbers as each group has draws; answers the first of each. Sequences are locked in one order. */
async function reserve(
  tx: TenantTransaction,
  groups: readonly (readonly Draw[])[],
): Promise<Map<string, number>> {
  const wanted = groups
    .flatMap((group) => group.slice(0, 1).map((draw) => ({ ...draw, count: group.length })))
    .sort((a, b) => (sequenceKey(a) < sequenceKey(b) ? -1 : 1));
  const first = new Map<string, number>();
  await tx.run(sql`
    insert into entity_sequence (org_id, schema, attribute, next_value)
    select ${tx.org}, schema, attribute, start
      from jsonb_to_recordset(${json(wanted)}::jsonb) as w(schema text, attribute text, start bigint)
    on conflict (org_id, schema, attribute) do update
       set next_value = greatest(entity_sequence.next_value, excluded.next_value)`);
  const rows = await tx.query<{ schema: string; attribute: string; first: number }>(sql`
    update entity_sequence s set next_value = s.next_value + w.count
      from jsonb_to_recordset(${json(wanted)}::jsonb) as w(schema text, attribute text, count bigint)
     where s.org_id = ${tx.org} and s.schema = w.schema and s.attribute = w.attribute
    returning s.schema, s.attribute, s.next_value - w.count as first`);
  for (const row of rows) first.set(sequenceKey(row), row.first);
  return first;
}
