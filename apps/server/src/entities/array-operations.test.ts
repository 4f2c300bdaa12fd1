import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyArrayOperation, arrayOperation } from './array-operations.ts';
import { isDocument } from './model/document.ts';
import { sameJson } from './model/json-equality.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('a', 'b'),
  fc.record({ email: fc.constantFrom('a', 'b'), n: fc.integer({ min: 0, max: 1 }) }),
);
const stored = fc.oneof(fc.constant(undefined), fc.constant(null), value, fc.array(value));

/** The rule of spec/erp-integration.md §8.4, one comparison at a time. */
function oracle(existing: unknown, kind: string, values: readonly unknown[]): unknown[] {
  const list =
    existing === undefined || existing === null ? [] : Array.isArray(existing) ? [...existing] : [existing];
  if (kind === '_set') return [...values];
  for (const one of values) {
    if (kind === '_append_all' || !list.some((other) => sameJson(other, one))) list.push(one);
  }
  return list;
}

describe('array operations', () => {
  it('do what the rule says for any stored value', () => {
    fc.assert(
      fc.property(
        stored,
        fc.constantFrom('_set', '_append', '_append_all'),
        fc.array(value),
        (existing, kind, values) => {
          const operation = arrayOperation({ [kind]: values });
          expect(operation).toBeDefined();
          if (operation)
            expect(applyArrayOperation(existing, operation)).toEqual(oracle(existing, kind, values));
        },
      ),
    );
  });

  it('are only read from an object with exactly one of the members, holding a list', () => {
    expect(arrayOperation({ _append: [1], _set: [2] })).toBeUndefined();
    expect(arrayOperation({ _append: 'x' })).toBeUndefined();
    expect(arrayOperation({ append: [1] })).toBeUndefined();
    expect(arrayOperation([{ _set: [] }])).toBeUndefined();
  });

  it('ignore the ids of stored items when looking for equals', () => {
    const result = applyArrayOperation([{ _id: 'x1', email: 'a' }], {
      kind: '_append',
      values: [{ email: 'a' }, { email: 'b' }],
    });
    expect(result.map((item) => (isDocument(item) ? item['email'] : item))).toEqual(['a', 'b']);
  });
});
