import { type Document, isDocument } from '../model/document.ts';

/** A pending value of one attribute (contract schema `Changeset`). `created_at` is ISO UTC. */
export interface Changeset {
  readonly proposed_value: unknown;
  readonly previous_value?: unknown;
  readonly created_at: string;
  readonly created_by?: { readonly type: string; readonly id?: string };
  readonly edit_mode: 'external' | 'approval';
  readonly match_strategy?: string;
  readonly fuzzy_config?: unknown;
  readonly source?: string;
  /** Companion members of the attribute, such as `x_currency` and `x_decimal`. */
  readonly related_values?: Readonly<
    Record<string, { readonly proposed_value?: unknown; readonly previous_value?: unknown }>
  >;
}

/** The pending changes of a document, by attribute. */
export function changesetsOf(doc: Document): Readonly<Record<string, Changeset>> {
  const stored = doc['_changesets'];
  if (!isDocument(stored)) return {};
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, Changeset] => isChangeset(entry[1])),
  );
}

function isChangeset(value: unknown): value is Changeset {
  return (
    isDocument(value) &&
    typeof value['created_at'] === 'string' &&
    (value['edit_mode'] === 'external' || value['edit_mode'] === 'approval')
  );
}

/** A document with other pending changes; without any the member `_changesets` disappears. */
export function withChangesets(doc: Document, changesets: Readonly<Record<string, Changeset>>): Document {
  const { _changesets, ...rest } = doc;
  return Object.keys(changesets).length === 0 ? rest : { ...rest, _changesets: changesets };
}

/** The values a pending change would write: of the attribute and of its companions. */
export function proposedValues(attribute: string, changeset: Changeset): Document {
  const related = Object.entries(changeset.related_values ?? {}).map(([name, value]) => [
    name,
    value.proposed_value ?? null,
  ]);
  return { [attribute]: changeset.proposed_value ?? null, ...Object.fromEntries(related) };
}

/** An entity's JSON with the proposed values in place; `_changesets` stays (query parameter `apply_changesets`). */
export function withProposedValues(wire: Document): Document {
  const proposals = Object.entries(changesetsOf(wire)).map(([attribute, changeset]) =>
    proposedValues(attribute, changeset),
  );
  return Object.assign({ ...wire }, ...proposals);
}

/**
 * A pending change as a portal user sees it: who proposed it is theirs to know only where it was themselves; of others only what kind of caller
 * they are.
 */
export function withoutStrangers(changeset: Document, portalUserId: string): Document {
  const { created_by: by } = changeset;
  if (!isDocument(by) || by['id'] === portalUserId) return changeset;
  const { id: _stranger, ...rest } = by;
  return { ...changeset, created_by: rest };
}
