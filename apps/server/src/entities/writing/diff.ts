import type { Document } from '../model/document.ts';
import { sameJson } from '../model/json-equality.ts';
import type { Diff } from './entity-change.ts';

/** Compares two documents by top-level member. `updated` and `deleted` hold old values, `added` new ones. */
export function diffDocuments(before: Document, after: Document): Diff {
  return {
    added: pick(after, (name) => !Object.hasOwn(before, name)),
    updated: pick(before, (name) => Object.hasOwn(after, name) && !sameJson(before[name], after[name])),
    deleted: pick(before, (name) => !Object.hasOwn(after, name)),
  };
}

function pick(document: Document, isWanted: (name: string) => boolean): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => isWanted(name)));
}

export function isEmptyDiff(diff: Diff): boolean {
  return [diff.added, diff.updated, diff.deleted].every((part) => Object.keys(part).length === 0);
}

/** The new values of the members that a change has touched; `null` for those it removed. */
export function changedValues(diff: Diff, after: Document): Document {
  const touched = [...Object.keys(diff.added), ...Object.keys(diff.updated), ...Object.keys(diff.deleted)];
  return Object.fromEntries(touched.map((name) => [name, after[name] ?? null]));
}
