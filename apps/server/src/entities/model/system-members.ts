import type { Document } from './document.ts';

/** Members that live in columns of their own; they are never part of the stored document. */
const COLUMN_MEMBERS = [
  '_id',
  '_org',
  '_schema',
  '_title',
  '_created_at',
  '_updated_at',
  '_deleted_at',
] as const;

/** Members that only the platform writes (spec/entities.md §1); `_purpose_name` is computed, `_changesets` follows its own rules. */
export const NOT_WRITABLE: ReadonlySet<string> = new Set([
  ...COLUMN_MEMBERS,
  '_acl',
  '_owners',
  '_changesets',
  '_purpose_name',
  '_score',
]);

/** The members a client may send that end up in the document; those of the platform are ignored, as clients send back what they read. */
export function writableMembers(sent: Document): Document {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => !NOT_WRITABLE.has(name)));
}
