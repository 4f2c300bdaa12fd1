import type { Document } from './document.ts';

/** An entity as it is stored: its columns, and its document with attributes and remaining system members. */
export interface Entity {
  readonly org: string;
  /** UUID v4, never reused. */
  readonly id: string;
  /** Slug of its schema. */
  readonly schema: string;
  readonly title: string;
  readonly doc: Document;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Set while the entity lies in the recycle bin. */
  readonly deletedAt: Date | undefined;
}

/** The JSON that clients see: system members first, then the document (contract schema `EntityItem`). Instants are ISO UTC with milliseconds. */
export function toWire(entity: Entity): Document {
  const principal = `org_${entity.org}`;
  return {
    _id: entity.id,
    _org: entity.org,
    _schema: entity.schema,
    _title: entity.title,
    _created_at: entity.createdAt.toISOString(),
    _updated_at: entity.updatedAt.toISOString(),
    ...(entity.deletedAt ? { _deleted_at: entity.deletedAt.toISOString() } : {}),
    _owners: [{ org_id: entity.org }],
    _acl: { view: [principal], edit: [principal], delete: [principal] },
    ...entity.doc,
  };
}
