import { isRecord, ownMember, PROTOTYPE_MEMBER } from '../json/record.ts';
import { MalformedPayloadError } from './malformed-payload-error.ts';
import { MAX_PAYLOAD_DEPTH } from './payload-limits.ts';

/**
 * Admits a parsed JSON document as a payload: the root must be an object or an array (spec ERP §5.1), nesting is at
 * most 200 levels, and members named `__proto__` are left out because a later copy would turn them into a prototype.
 * The document itself is returned when nothing has to be left out, otherwise a copy; the argument is never changed.
 *
 * @throws MalformedPayloadError for another root or deeper nesting
 */
export function admitJson(document: unknown): unknown {
  if (typeof document !== 'object' || document === null) {
    throw new MalformedPayloadError('The payload must be a JSON object or array');
  }
  return isClean(document, 1) ? document : withoutPrototypeMembers(document);
}

function isClean(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_PAYLOAD_DEPTH) {
    throw new MalformedPayloadError(`The payload is nested deeper than ${MAX_PAYLOAD_DEPTH} levels`);
  }
  let clean = true;
  if (Array.isArray(value)) {
    for (const element of value) clean = isClean(element, depth + 1) && clean;
    return clean;
  }
  for (const name in value) {
    clean = isClean(ownMember(value, name), depth + 1) && name !== PROTOTYPE_MEMBER && clean;
  }
  return clean;
}

function withoutPrototypeMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypeMembers);
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name !== PROTOTYPE_MEMBER) copy[name] = withoutPrototypeMembers(member);
  }
  return copy;
}
