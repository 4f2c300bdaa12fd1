import { isDocument } from './document.ts';

/**
 * Deep equality of two JSON values: order counts in lists and not among members; a member that is `undefined` counts as absent.
 * This is the comparison behind no-op detection and array operations (spec/erp-integration.md §8.4).
 */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameJson(item, right[index]))
    );
  }
  if (!isDocument(left) || !isDocument(right)) return false;
  const names = presentNames(left);
  return (
    names.length === presentNames(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  );
}

function presentNames(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((name) => value[name] !== undefined);
}

/** A text that is equal for values that `sameJson` finds equal, for look-ups in long lists. Members are sorted; some may be left out. */
export function canonicalJson(value: unknown, ignored: ReadonlySet<string> = NONE): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    if (!isDocument(item)) return item;
    const members = Object.entries(item).filter(([name]) => !ignored.has(name));
    return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const NONE: ReadonlySet<string> = new Set();
