import { describe, expect, it } from 'vitest';
import { mapConfigured, mapContactFields, simulateConfigured } from '../testing/map-configured.ts';

const target = (source: object) => ({
  entity_schema: 'account',
  unique_ids: [{ attribute: 'number', ...source }],
});

async function mapRelation(relations: object, payload: unknown) {
  return mapContactFields([{ attribute: 'r', relations }], payload);
}

describe('relations (spec ERP §6.9)', () => {
  const mapped = (value: unknown) => ({ $entity_unique_ids: { number: value }, _schema: 'account' });

  it('default to _set and keep repeated items', async () => {
    const { attributes } = await mapRelation(
      { items: [target({ field: 'n' }), target({ constant: 7 })] },
      { n: 7 },
    );
    expect(attributes).toEqual([{ r: { $relation: { _set: [mapped(7), mapped(7)] } } }]);
  });

  it('read identifiers from the item and, with $$, from the payload', async () => {
    const items = [
      target({ field: 'n' }),
      target({ field: '$$.n' }),
      target({ jsonataExpression: '$$.n & n' }),
    ];
    const entity = {
      entity_schema: 'contact',
      unique_ids: ['id'],
      jsonataExpression: 'inner',
      fields: [
        { attribute: 'id', constant: 1 },
        { attribute: 'r', relations: { operation: '_append', items } },
      ],
    };
    const { entityUpdates } = await mapConfigured(
      { entities: [entity] },
      { n: 'outer', inner: { n: 'item' } },
    );
    expect(entityUpdates[0]?.attributes.r).toEqual({
      $relation: { _append: [mapped('item'), mapped('outer'), mapped('outeritem')] },
    });
  });

  it('prefer the expression to items', async () => {
    const relations = {
      items: [target({ constant: 'fixed' })],
      jsonataExpression:
        "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'field': 'n' }] }",
    };
    expect((await mapRelation(relations, { n: 'computed' })).attributes).toEqual([
      { r: { $relation: { _set: [mapped('computed')] } } },
    ]);
  });

  it('omit the attribute when nothing is left, and clear only for an explicit empty array', async () => {
    expect((await mapRelation({ jsonataExpression: 'missing' }, {})).attributes).toEqual([{}]);
    expect((await mapRelation({ jsonataExpression: 'null' }, {})).attributes).toEqual([{}]);
    expect((await mapRelation({ items: [] }, {})).attributes).toEqual([{}]);
    expect((await mapRelation({ operation: '_set', jsonataExpression: '[]' }, {})).attributes).toEqual([
      { r: { $relation: { _set: [] } } },
    ]);
  });

  it('drop computed items that are not usable, each with a warning', async () => {
    const broken = [
      "'text'",
      'null',
      '{}',
      "{ 'entity_schema': 'account' }",
      "{ 'entity_schema': 'account', 'unique_ids': [] }",
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number' }] }",
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'constant': true }] }",
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'jsonataExpression': '1 +' }] }",
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'jsonataExpression': '$error()' }] }",
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': '__proto__', 'constant': 1 }] }",
    ];
    const good =
      "{ 'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'constant': 'ok' }] }";
    const all = await mapRelation({ jsonataExpression: `[${[...broken, good].join(', ')}]` }, {});
    expect(all.attributes).toEqual([{ r: { $relation: { _set: [mapped('ok')] } } }]);
    expect(all.problems).toHaveLength(broken.length);
    const none = await mapRelation({ jsonataExpression: `[${broken.join(', ')}]` }, {});
    expect(none.attributes).toEqual([{}]);
  });

  it('take tags as a list or as one text, and only if there are any', async () => {
    const item = "'entity_schema': 'account', 'unique_ids': [{ 'attribute': 'number', 'constant': 1 }]";
    const expression = `[{ ${item}, '_tags': ['A', ''] }, { ${item}, '_tags': 'B' }, { ${item}, '_tags': [] }]`;
    const { attributes } = await mapRelation({ jsonataExpression: expression }, {});
    expect(attributes).toEqual([
      {
        r: {
          $relation: { _set: [{ ...mapped(1), _tags: ['A'] }, { ...mapped(1), _tags: ['B'] }, mapped(1)] },
        },
      },
    ]);
  });

  it('carry _type as a lookup hint to the pipeline and not onto the wire', async () => {
    const items = [
      { entity_schema: 'contact', unique_ids: [{ attribute: 'email', _type: 'email', field: 'mails' }] },
    ];
    const entity = {
      entity_schema: 'contract',
      unique_ids: ['id'],
      fields: [
        { attribute: 'id', constant: 1 },
        { attribute: 'r', relations: { items } },
      ],
    };
    const payload = { mails: ['', 'a@x', 'b@x'] };
    const wire = { $entity_unique_ids: { email: 'a@x' }, _schema: 'contact' };
    const { entityUpdates } = await mapConfigured({ entities: [entity] }, payload);
    expect(entityUpdates[0]?.attributes.r).toEqual({
      $relation: { _set: [{ ...wire, $entity_unique_id_types: { email: 'email' } }] },
    });
    const { entity_updates } = await simulateConfigured({ entities: [entity] }, payload);
    expect(entity_updates[0]?.attributes.r).toEqual({ $relation: { _set: [wire] } });
  });

  it('given by an expression as a value are shown as they are', async () => {
    const value = { $relation: { _set: [{ entity_id: 'e' }] }, $relation_ref: { _append: [] }, note: 1 };
    const fields = [
      { attribute: 'id', constant: 1 },
      { attribute: 'r', field: 'value' },
    ];
    const entity = { entity_schema: 'contract', unique_ids: ['id'], fields };
    const { entity_updates } = await simulateConfigured({ entities: [entity] }, { value });
    expect(entity_updates[0]?.attributes.r).toEqual(value);
  });
});

describe('relation references (spec ERP §6.10)', () => {
  const reference = (value: object, id: object = { constant: 'K' }) => ({
    ...target(id),
    path: 'address',
    value,
  });
  const stored = (value: unknown, operation = '_set') => ({
    $entity_unique_ids: { number: 'K' },
    _schema: 'account',
    path: 'address',
    value: { attribute: 'address', operation, value },
  });

  async function mapRefs(relation_refs: object, payload: unknown) {
    return mapContactFields([{ attribute: 'r', relation_refs }], payload);
  }

  it('carry path, value and its operation; null and lists are values', async () => {
    const items = [
      reference({ attribute: 'address', field: 'list' }),
      reference({ attribute: 'address', operation: '_append', constant: null }),
    ];
    const { attributes } = await mapRefs({ operation: '_append_all', items }, { list: [1, 2] });
    expect(attributes).toEqual([
      { r: { $relation_ref: { _append_all: [stored([1, 2]), stored(null, '_append')] } } },
    ]);
  });

  it('drop items whose value is undefined or fails and items with unusable identifiers', async () => {
    const items = [
      reference({ attribute: 'address', field: 'missing' }),
      reference({ attribute: 'address', jsonataExpression: '$error("no")' }),
      reference({ attribute: 'address', field: 'missing' }, { field: 'missing' }),
      reference({ attribute: 'address', constant: 2 }),
    ];
    const { attributes, problems } = await mapRefs({ items }, {});
    expect(attributes).toEqual([{ r: { $relation_ref: { _set: [stored(2)] } } }]);
    expect(problems).toEqual([
      'warning RELATION_REF_VALUE_UNDEFINED r',
      'warning MAPPING_EXPRESSION_FAILED r',
      'warning MISSING_UNIQUE_IDENTIFIERS r',
    ]);
  });
});
