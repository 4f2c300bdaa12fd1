import type { ConfigNode } from '../configuration/config-node.ts';
import { isRecord, ownMember } from '../json/record.ts';

/** `_type` of attributes that are stored as lists of objects (contract: `RepeatableFieldType`). */
export type RepeatableType = 'email' | 'phone';

/** How a field wraps its value. */
export interface Repeatable {
  readonly type: RepeatableType;
  /** Put on every item that is wrapped; undefined when none are configured. */
  readonly tags: readonly string[] | undefined;
}

/** Reads `_type`; undefined when absent. */
export function compileRepeatableType(node: ConfigNode): RepeatableType | undefined {
  if (node.absent) return undefined;
  if (node.value === 'email' || node.value === 'phone') return node.value;
  return node.refuse('INVALID_VALUE', 'Must be one of email, phone');
}

/** Reads `_type` and `_tags` of a field. Tags without a type have no meaning and are ignored (spec ERP §1.7). */
export function compileRepeatable(node: ConfigNode): Repeatable | undefined {
  const type = compileRepeatableType(node.member('_type'));
  return type && { type, tags: compileTags(node.member('_tags')) };
}

/** Reads `_tags`: the texts of a list, or one text, that are not blank; undefined when there are none. */
export function compileTags(node: ConfigNode): readonly string[] | undefined {
  const candidates: readonly unknown[] = Array.isArray(node.value) ? node.value : [node.value];
  const tags = candidates.filter((tag) => typeof tag === 'string').filter((tag) => tag.trim() !== '');
  return tags.length > 0 ? tags : undefined;
}

/**
 * Wraps a value in the repeatable form (spec ERP §6.7): texts and numbers become `[{ email: "…" }]`, lists item by item,
 * objects and null stay. Blank texts and nulls inside a list vanish; a blank text alone is undefined.
 */
export function wrapRepeatable(value: unknown, repeatable: Repeatable): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((entry) => !isBlank(entry) && entry !== null)
      .map((entry) => wrapEntry(entry, repeatable));
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return isBlank(value) ? undefined : [wrapEntry(value, repeatable)];
}

function wrapEntry(entry: unknown, { type, tags }: Repeatable): unknown {
  if (typeof entry !== 'string' && typeof entry !== 'number') return entry;
  return tags ? { _tags: tags, [type]: String(entry) } : { [type]: String(entry) };
}

/**
 * The bare text of a repeatable identifier: of a list the first entry that is not blank, of an object the member named
 * like the type (spec ERP §6.8).
 */
export function bareValue(value: unknown, type: RepeatableType): unknown {
  const first: unknown = Array.isArray(value)
    ? value.find((entry) => !isBlank(entry) && entry !== null)
    : value;
  const bare = isRecord(first) ? ownMember(first, type) : first;
  return typeof bare === 'number' ? String(bare) : bare;
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}
