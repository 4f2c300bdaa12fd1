/**
 * A sequence on its way out of the node that produced it. JSONata unwraps it when the node is left: none -> undefined,
 * one -> the item, unless `[]` asked to keep the array.
 */
export class Sequence {
  readonly items: unknown[];
  keep = false;

  constructor(items: unknown[]) {
    this.items = items;
  }
}

/**
 * Some arrays remember where they came from, and later steps can see it: sequences of lambdas in tail position, kept
 * singletons, arrays built as a path step. Only expressions that can produce such arrays are compiled with marks.
 */
const SEQUENCE = 1;
const KEEP = 2;
const CONSTRUCTED = 4;
const marks = new WeakMap<object, number>();

/** True for an array that left its node as a sequence. */
export function isMarkedSequence(value: unknown): boolean {
  return Array.isArray(value) && ((marks.get(value) ?? 0) & SEQUENCE) !== 0;
}

/** True for an array written as a step (`a.[b, c]`), which later steps do not flatten. */
export function isConstructed(value: unknown): boolean {
  return Array.isArray(value) && ((marks.get(value) ?? 0) & CONSTRUCTED) !== 0;
}

/** Marks an array written as a step of a path. */
export function markConstructed(value: unknown[]): unknown[] {
  marks.set(value, CONSTRUCTED);
  return value;
}

/** A sequence as an array that later nodes unwrap. */
export function settleSequence(sequence: Sequence): readonly unknown[] {
  marks.set(sequence.items, SEQUENCE | (sequence.keep ? KEEP : 0));
  return sequence.items;
}

/** A value that may be a sequence not left yet: what a function hands on when its last act is a call. */
export function settle(value: unknown): unknown {
  return value instanceof Sequence ? settleSequence(value) : value;
}

/** Leaving a node in an expression without marks. */
export function leave(value: unknown): unknown {
  if (!(value instanceof Sequence)) return value;
  const { items } = value;
  return items.length > 1 ? items : items[0];
}

/** Leaving a node in an expression with marks: sequences stay recognisable and arrays marked earlier unwrap again. */
export function leaveMarked(value: unknown, keepArray: boolean): unknown {
  const settled = settle(value);
  if (!Array.isArray(settled)) return settled;
  const mark = marks.get(settled) ?? 0;
  if ((mark & SEQUENCE) === 0) return settled;
  if (keepArray) marks.set(settled, mark | KEEP);
  if (settled.length === 0) return undefined;
  if (settled.length > 1 || keepArray || (mark & KEEP) !== 0) return settled;
  return settled[0];
}

/** The members the reference evaluator sees on a marked array besides its elements, in its order. */
export function visibleMarks(value: readonly unknown[]): readonly true[] {
  const mark = marks.get(value) ?? 0;
  if ((mark & SEQUENCE) === 0) return [];
  return (mark & KEEP) !== 0 ? [true, true] : [true];
}
