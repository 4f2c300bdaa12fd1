import { raw, type Sql } from '../../storage/index.ts';
import type { Document } from './document.ts';
import type { Entity } from './entity.ts';

/** A row of `entity` or `searchable_entity`. */
export interface EntityRow {
  org_id: string;
  id: string;
  schema: string;
  title: string;
  doc: Document;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

/** The columns of an `EntityRow`, for a table with the alias `e`. */
export const ENTITY_COLUMNS: Sql = raw(
  'e.org_id, e.id, e.schema, e.title, e.doc, e.created_at, e.updated_at, e.deleted_at',
);

/** Turns a row into an entity. */
export function entityFromRow(row: EntityRow): Entity {
  return {
    org: row.org_id,
    id: row.id,
    schema: row.schema,
    title: row.title,
    doc: row.doc,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at ?? undefined,
  };
}
