export { attachActivity, createActivity, type NewActivity } from './activity/custom-activity.ts';
export { type FeedPage, type FeedQuery, readFeed } from './activity/feed.ts';
export { ACTIVITY_QUEUE, PUBLISHED_ACTIVITIES } from './activity/published-activities.ts';
export { readActivity } from './activity/read-activity.ts';
export { type ArrayOperation, arrayOperation } from './array-operations.ts';
export { type Changeset, withoutStrangers, withProposedValues } from './changesets/changeset.ts';
export { EntityGraph, type UpsertInput, type Written } from './entity-graph.ts';
export { foldStoredWords } from './fold-stored-words.ts';
export { beginsLike } from './folded-words.ts';
export {
  findByUniqueKeys,
  findManyByUniqueKeys,
  type UniqueKeyQuestion,
} from './lookup/find-by-unique-keys.ts';
export { lockUniqueKeys } from './lookup/lock-unique-keys.ts';
export type { UniqueKey } from './lookup/unique-key.ts';
export { type Document, isDocument } from './model/document.ts';
export { type Entity, toWire } from './model/entity.ts';
export { ENTITY_COLUMNS, type EntityRow, entityFromRow } from './model/entity-row.ts';
export { sameJson } from './model/json-equality.ts';
export {
  type RelationItem,
  type RelationReference,
  relationItems,
  relationReferences,
} from './model/relation-items.ts';
export { changeSource } from './operations/change-source.ts';
export type { EntityAccess } from './operations/entity-access.ts';
export { entityOperations } from './operations/entity-operations.ts';
export type { EntityPlatform } from './operations/entity-platform.ts';
export { searchViewOf } from './operations/search-view.ts';
export { entityDocument, entityDocuments, visibleDocument } from './reading/entity-document.ts';
export type { EntityRights } from './reading/entity-rights.ts';
export { hydrate, hydrateWith, referencedIds, type Visibility } from './reading/hydrate.ts';
export { findEntities, findEntity, getEntity } from './reading/read-entity.ts';
export { type Direction, type RelatedId, relatedIds } from './reading/related-ids.ts';
export { type ListedRelation, listRelations, type RelationQuery } from './reading/relations.ts';
export { selectFields } from './reading/select-fields.ts';
export { emptyRecycleBin } from './recycle-bin.ts';
export { placeOf } from './schemas/attribute-place.ts';
export { completeCoreSchemas } from './schemas/complete-core-schemas.ts';
export type { EntitySchema } from './schemas/entity-schema.ts';
export { bringCoreSchemas, saveSchema } from './schemas/save-schema.ts';
export { type OrganisationSchemas, schemasAt, schemasOf } from './schemas/schema-catalogue.ts';
export type { AttributeDefinition, SchemaDefinition } from './schemas/schema-definition.ts';
export { attributeErrors } from './schemas/validate-entity.ts';
export { HIDDEN_PREFIX, splitWords } from './words.ts';
export type {
  ChangeSource,
  ChangesetEffects,
  Diff,
  EntityChange,
  EntityChanged,
  EntityChangeListener,
  Operation,
  WriteOptions,
  WriteResult,
} from './writing/entity-change.ts';
export { lockEntity } from './writing/lock-entity.ts';
export { isEntityId } from './writing/relation-wishes.ts';
