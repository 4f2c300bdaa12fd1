import { type Changeset, changesetsOf, proposedValues, withChangesets } from '../changesets/changeset.ts';
import { NO_EFFECTS, parkValues } from '../changesets/park-values.ts';
import { type Document, isDocument } from '../model/document.ts';
import { NOT_WRITABLE, writableMembers } from '../model/system-members.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import { resolveArrayOperations } from './array-attributes.ts';
import type { ChangesetEffects, WriteOptions } from './entity-change.ts';
import { withItemIds } from './repeatable-items.ts';

/** The document after a write, before relations are looked up. */
export interface Merged {
  readonly doc: Document;
  readonly effects: ChangesetEffects;
}

/** Schema slugs of existing relation targets by id. */
export type TargetSchemas = (id: string) => string | undefined;

/** The document of a new entity: what was sent, defaults for what was not, and the numbers drawn from its sequences. Nothing is parked. */
export function newDocument(
  schema: EntitySchema,
  attributes: Document,
  numbers: Document,
  options: WriteOptions,
  targets: TargetSchemas,
): Document {
  const defaults = Object.fromEntries(
    schema.defaults.map(({ name, default_value }) => [name, default_value]),
  );
  const writable = writableMembers(attributes);
  const sent = present(options.arrayOperations === true ? resolveArrayOperations({}, writable) : writable);
  return normalise(schema, { ...defaults, ...numbers, ...sent }, {}, targets);
}

/**
 * Merges sent attributes into a stored document on the top level: `null` clears, `put` also clears the schema's attributes that were not
 * sent (not its sequences). Attributes with an edit mode are parked unless the write is direct.
 */
export function mergeAttributes(
  schema: EntitySchema,
  stored: Document,
  change: { readonly kind: 'patch' | 'put'; readonly attributes: Document },
  options: WriteOptions,
  targets: TargetSchemas,
  now: Date,
): Merged {
  const cleared = change.kind === 'put' ? clearedByPut(schema, stored, change.attributes) : {};
  const sent = { ...cleared, ...writableMembers(change.attributes) };
  const resolved = options.arrayOperations === true ? resolveArrayOperations(stored, sent) : sent;
  const values = normalise(schema, resolved, stored, targets);
  const { direct, doc, effects } = parkValues(schema, stored, values, options, now);
  return { doc: present({ ...doc, ...direct }), effects };
}

/** Writes a pending value into its attribute and removes the change. */
export function applyProposal(doc: Document, attribute: string, changeset: Changeset): Merged {
  const after = withoutChangeset({ ...doc, ...proposedValues(attribute, changeset) }, attribute);
  return { doc: present(after), effects: { ...NO_EFFECTS, applied: [attribute] } };
}

/** Removes a pending change; the attribute keeps its value. */
export function dismissProposal(doc: Document, attribute: string): Merged {
  return { doc: withoutChangeset(doc, attribute), effects: { ...NO_EFFECTS, dismissed: [attribute] } };
}

function withoutChangeset(doc: Document, attribute: string): Document {
  const { [attribute]: _resolved, ...left } = changesetsOf(doc);
  return withChangesets(doc, left);
}

function clearedByPut(schema: EntitySchema, stored: Document, sent: Document): Document {
  const kept = (name: string) =>
    name.startsWith('_') ||
    name in sent ||
    NOT_WRITABLE.has(name) ||
    schema.attribute(name)?.type === 'sequence';
  const known = (name: string) => schema.attribute(schema.owningAttribute(name)) !== undefined;
  const names = Object.keys(stored).filter((name) => known(name) && !kept(name));
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Values as they are stored: items with ids, relation items with their schema. Computed attributes have no stored value. */
function normalise(schema: EntitySchema, sent: Document, stored: Document, targets: TargetSchemas): Document {
  const members = Object.entries(sent).filter(([name]) => schema.attribute(name)?.type !== 'computed');
  return Object.fromEntries(
    members.map(([name, value]) => [name, normaliseValue(schema, name, value, stored[name], targets)]),
  );
}

function normaliseValue(
  schema: EntitySchema,
  name: string,
  value: unknown,
  stored: unknown,
  targets: TargetSchemas,
): unknown {
  if (value === null || value === undefined) return null;
  if (isDocument(value) && Array.isArray(value['$relation'])) {
    return { ...value, $relation: value['$relation'].map((item: unknown) => relationItem(item, targets)) };
  }
  return schema.isRepeatable(name) && !(isDocument(value) && '$relation_ref' in value)
    ? withItemIds(schema, name, value, stored)
    : value;
}

/** `{ entity_id, _schema, _tags? }`: the target's schema is filled in, an empty tag list is left out. */
function relationItem(item: unknown, targets: TargetSchemas): unknown {
  if (!isDocument(item) || typeof item['entity_id'] !== 'string') return item;
  const { _tags, _schema, ...rest } = item;
  const slug = targets(item['entity_id']) ?? _schema;
  return {
    ...rest,
    ...(slug === undefined ? {} : { _schema: slug }),
    ...(Array.isArray(_tags) && _tags.length > 0 ? { _tags } : {}),
  };
}

function present(document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== null && value !== undefined),
  );
}
