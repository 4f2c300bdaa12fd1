import type { Document } from '../model/document.ts';
import { sameJson } from '../model/json-equality.ts';
import type { EditMode, EntitySchema } from '../schemas/entity-schema.ts';
import type { ChangeSource, ChangesetEffects, WriteOptions } from '../writing/entity-change.ts';
import { type Changeset, changesetsOf, withChangesets } from './changeset.ts';
import { confirms } from './changeset-match.ts';

/** No parked value was touched. */
export const NO_EFFECTS: ChangesetEffects = { created: [], cleared: [], applied: [], dismissed: [] };

interface Parked {
  /** The members that may be written now. */
  readonly direct: Document;
  /** The stored document with its new pending changes. */
  readonly doc: Document;
  readonly effects: ChangesetEffects;
}

/**
 * Takes the members out of a write that have to wait for confirmation and parks them in `_changesets`, one per attribute; the companions of
 * a currency attribute wait with it. Proposing the stored value removes a pending change, proposing the same again leaves it as it is.
 * A direct write passes whole, and clears the external changes it confirms (spec/entities.md §7, spec/portal.md §5.8).
 */
export function parkValues(
  schema: EntitySchema,
  doc: Document,
  attributes: Document,
  options: WriteOptions,
  now: Date,
): Parked {
  if (options.direct === true) return { direct: attributes, ...clearConfirmed(doc, attributes) };
  const direct: Record<string, unknown> = {};
  const waiting = new Map<string, Record<string, unknown>>();
  for (const [member, value] of Object.entries(attributes)) {
    const attribute = schema.owningAttribute(member);
    if (modeOf(schema, attribute, options) === 'direct') direct[member] = value;
    else waiting.set(attribute, { ...waiting.get(attribute), [member]: value });
  }
  if (waiting.size === 0) return { direct, doc, effects: NO_EFFECTS };

  const changesets = { ...changesetsOf(doc) };
  const created: string[] = [];
  const cleared: string[] = [];
  for (const [attribute, values] of waiting) {
    const mode = modeOf(schema, attribute, options);
    const pending = changesets[attribute];
    if (Object.entries(values).every(([member, value]) => sameJson(value ?? null, doc[member] ?? null))) {
      if (!pending) continue;
      delete changesets[attribute];
      cleared.push(attribute);
    } else if (mode !== 'direct') {
      const proposal = propose(schema, attribute, values, doc, mode, options.source, now);
      if (pending && isSameProposal(pending, proposal)) continue;
      changesets[attribute] = proposal;
      created.push(attribute);
    }
  }
  return { direct, doc: withChangesets(doc, changesets), effects: { ...NO_EFFECTS, created, cleared } };
}

function modeOf(schema: EntitySchema, attribute: string, options: WriteOptions): EditMode {
  const mode = schema.editMode(attribute);
  return mode === 'direct' && options.approvalAttributes?.has(attribute) ? 'approval' : mode;
}

function propose(
  schema: EntitySchema,
  attribute: string,
  values: Document,
  doc: Document,
  mode: 'external' | 'approval',
  source: ChangeSource,
  now: Date,
): Changeset {
  const config = schema.attribute(attribute)?.edit_mode_config ?? {};
  const related = Object.entries(values)
    .filter(([member]) => member !== attribute)
    .map(([member, value]) => [
      member,
      { proposed_value: value ?? null, previous_value: doc[member] ?? null },
    ]);
  const proposed = attribute in values ? values[attribute] : doc[attribute];
  return {
    proposed_value: proposed ?? null,
    previous_value: doc[attribute] ?? null,
    created_at: now.toISOString(),
    created_by: {
      type: source.actor.type === 'system' ? 'automation' : source.actor.type,
      ...(source.actor.id ? { id: source.actor.id } : {}),
    },
    edit_mode: mode,
    ...(typeof config['match_strategy'] === 'string' ? { match_strategy: config['match_strategy'] } : {}),
    ...(config['fuzzy_config'] ? { fuzzy_config: config['fuzzy_config'] } : {}),
    source: source.label ?? source.kind,
    ...(related.length > 0 ? { related_values: Object.fromEntries(related) } : {}),
  };
}

function isSameProposal(pending: Changeset, proposal: Changeset): boolean {
  return (
    pending.edit_mode === proposal.edit_mode &&
    sameJson(pending.proposed_value, proposal.proposed_value) &&
    sameJson(pending.related_values, proposal.related_values)
  );
}

function clearConfirmed(doc: Document, attributes: Document): Pick<Parked, 'doc' | 'effects'> {
  const pending = Object.entries(changesetsOf(doc));
  const cleared = pending
    .filter(([attribute, changeset]) => attribute in attributes && confirms(changeset, attributes[attribute]))
    .map(([attribute]) => attribute);
  if (cleared.length === 0) return { doc, effects: NO_EFFECTS };
  const left = pending.filter(([attribute]) => !cleared.includes(attribute));
  return { doc: withChangesets(doc, Object.fromEntries(left)), effects: { ...NO_EFFECTS, cleared } };
}
