import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { allOf, anyOf, type Condition, notOf, type PatternPiece, type SearchTree } from '../tree.ts';
import type { TestEntity } from './insert-entities.ts';

const NOON = Date.UTC(2024, 0, 1, 12);

const vocabulary = [
  'anna',
  'Anna',
  'ÄRGER',
  'ärger',
  'Aerger',
  'Straße',
  'Re\u0301ne\u0301',
  'a_b',
  '50%',
  "o'neil",
  'x-y',
  '7',
  '007',
  '7.0',
  '12.5',
  '-3',
];
const words = fc.constantFrom(...vocabulary);
const phrases = fc.array(words, { minLength: 1, maxLength: 3 }).map((some) => some.join(' '));
const dates = fc.constantFrom(
  '2024-01-01',
  '2024-01-01T12:00:00.000Z',
  '2024-01-02',
  '2023-12-31T23:59:59.999Z',
);
const values = fc.oneof(phrases, words, dates, fc.constantFrom<unknown>(7, 12.5, -3, 0, true, false, null));
const nested = fc.oneof(
  { maxDepth: 2 },
  values,
  fc.array(values, { maxLength: 3 }),
  fc.array(fc.record({ email: fc.oneof(values, fc.array(values, { maxLength: 2 })) }), { maxLength: 2 }),
  fc.record({ email: values }),
);
/** Up to ten entities with a few shared words, numbers, dates and relations, some of them deleted. */
export const populations: fc.Arbitrary<TestEntity[]> = fc
  .array(
    fc.record({
      doc: fc.record(
        { name: nested, v: nested, secret: nested, _tags: fc.array(words, { maxLength: 2 }) },
        { requiredKeys: [] },
      ),
      schema: fc.constantFrom('contact', 'contract'),
      title: fc.oneof(phrases, fc.constant('')),
      age: fc.integer({ min: 0, max: 3 }),
      deleted: fc.boolean(),
      link: fc.option(fc.nat(9)),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((some) => {
    const ids = some.map(() => randomUUID());
    return some.map(({ doc, schema, title, age, deleted, link }, at): TestEntity => {
      const target = link === null ? undefined : ids[link];
      return {
        id: ids[at] ?? randomUUID(),
        schema,
        title,
        doc: target ? { ...doc, partner: { $relation: [{ entity_id: target }] } } : doc,
        createdAt: new Date(NOON + age * 43_200_000),
        ...(deleted && at % 4 === 0 ? { deletedAt: new Date(NOON) } : {}),
      };
    });
  });

const fieldNames = fc.constantFrom(
  'name',
  'name.keyword',
  'v',
  'v.keyword',
  'secret',
  'name.email',
  'name.email.keyword',
  '_tags',
  '_title',
  'unheard',
);
const patterns: fc.Arbitrary<PatternPiece[]> = fc
  .tuple(
    fc.option(fc.constantFrom('an', 'Är', 'ä', 'a_', '5', "o'")),
    fc.constantFrom<'many' | 'one'>('many', 'one'),
    fc.option(fc.constantFrom('a', 'b', 'r', '%', 'l')),
  )
  .map(([before, wildcard, after]) => [
    ...(before === null ? [] : [{ literal: before }]),
    { wildcard },
    ...(after === null ? [] : [{ literal: after }]),
  ]);
const bounds = fc.record({
  value: fc.oneof(words, dates, fc.constantFrom<string | number>(7, 0, '10')),
  inclusive: fc.boolean(),
});
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('words' as const), text: phrases }),
  fc.record({
    kind: fc.constant('words' as const),
    field: fieldNames,
    text: fc.oneof(words, phrases, dates),
  }),
  fc.record({ kind: fc.constant('pattern' as const), pieces: patterns }),
  fc.record({ kind: fc.constant('pattern' as const), field: fieldNames, pieces: patterns }),
  fc.record({
    kind: fc.constant('equal' as const),
    field: fc.oneof(
      fieldNames.filter((name) => name !== '_title'),
      fc.constant('_schema'),
    ),
    values: fc.array(
      fc.oneof(words, phrases, fc.constantFrom<string | number | boolean>(7, 12.5, true, 'contact')),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    kind: fc.constant('begins' as const),
    field: fieldNames,
    word: fc.constantFrom(
      'an',
      'arg',
      'ärg',
      'aerg',
      'strass',
      'stra',
      'straß',
      'rén',
      'rene',
      '7',
      '00',
      'a',
    ),
  }),
  fc.record({ kind: fc.constant('exists' as const), field: fc.oneof(fieldNames, fc.constant('partner')) }),
  fc.record({
    kind: fc.constant('range' as const),
    field: fieldNames.filter((name) => name !== '_title'),
    from: bounds,
  }),
  fc.record({
    kind: fc.constant('range' as const),
    field: fieldNames.filter((name) => name !== '_title'),
    from: bounds,
    to: bounds,
  }),
  fc.record({
    kind: fc.constant('range' as const),
    field: fc.constant('_created_at'),
    from: bounds.filter((bound) => /^\d{4}-/.test(String(bound.value))),
  }),
);
/** Trees of conditions on what `populations` has. */
export const trees: fc.Arbitrary<SearchTree> = fc.letrec<{ tree: SearchTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    conditions,
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map(allOf),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map(anyOf),
    tie('tree').map(notOf),
    tie('tree').map((clause): SearchTree => ({ kind: 'related', attribute: 'partner', clause })),
  ),
})).tree;
