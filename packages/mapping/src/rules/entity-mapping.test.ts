import { describe, expect, it } from 'vitest';
import { mapConfigured, simulateConfigured } from '../testing/map-configured.ts';

const item = (overrides: object = {}) => ({
  entity_schema: 'meter',
  unique_ids: ['number'],
  jsonataExpression: 'meters',
  fields: [{ attribute: 'number', field: 'n' }],
  ...overrides,
});

async function outcome(entity: object, payload: unknown) {
  const result = await mapConfigured({ entities: [entity] }, payload);
  return {
    ids: result.entityUpdates.map(({ uniqueIdentifiers }) => uniqueIdentifiers.number),
    problems: result.problems.map(({ severity, code, field, item: at }) => [severity, code, field, at]),
    scopes: result.pruneScopes,
  };
}

describe('evaluation order (spec ERP §6.1)', () => {
  it('skips null items and keeps the position of the others', async () => {
    const { ids } = await outcome(item(), { meters: [{ n: 'a' }, null, { n: 'b' }] });
    expect(ids).toEqual(['a', 'b']);
  });

  it('expands an array payload when there is no expression', async () => {
    const { ids } = await outcome(item({ jsonataExpression: undefined }), [{ n: 'a' }, { n: 'b' }]);
    expect(ids).toEqual(['a', 'b']);
  });

  it('hands an array payload to the expression and to enabled as one array', async () => {
    const entity = item({ jsonataExpression: '$[n != "b"]', enabled: '$count($) = 2 and $count($$) = 2' });
    const { ids } = await outcome(entity, [{ n: 'a' }, { n: 'b' }, { n: 'c' }]);
    expect(ids).toEqual(['a', 'c']);
  });

  it('gives an item that is an array to its fields as one array', async () => {
    const entity = item({
      jsonataExpression: undefined,
      fields: [{ attribute: 'number', jsonataExpression: '$count($) & ":" & $count($$)' }],
    });
    const { ids } = await outcome(entity, [[1, 2, 3], [[4]]]);
    expect(ids).toEqual(['3:2', '1:2']);
  });

  it('does not run the expression of a mapping that is disabled outright', async () => {
    const { problems } = await outcome(item({ enabled: false, jsonataExpression: '$error("no")' }), {});
    expect(problems).toEqual([]);
  });

  it('leaves a mapping out with an error when its expression or enabled fails', async () => {
    expect((await outcome(item({ jsonataExpression: '$error("no")' }), {})).problems).toEqual([
      ['error', 'MAPPING_EXPRESSION_FAILED', 'jsonataExpression', undefined],
    ]);
    expect((await outcome(item({ enabled: '$error("no")' }), { meters: [{ n: 'a' }] })).problems).toEqual([
      ['error', 'MAPPING_EXPRESSION_FAILED', 'enabled', undefined],
    ]);
  });

  it('numbers updates, mappings and items', async () => {
    const entities = [item({ jsonataExpression: 'none' }), item(), item({ mode: 'purge' })];
    const { entityUpdates } = await mapConfigured({ entities }, { meters: [{ n: 'a' }, { n: 'b' }] });
    expect(entityUpdates.map((update) => [update.index, update.mapping, update.item, update.mode])).toEqual([
      [0, 1, 0, 'upsert'],
      [1, 1, 1, 'upsert'],
      [2, 2, 0, 'purge'],
      [3, 2, 1, 'purge'],
    ]);
  });

  it('gives no update at all when there would be more than 10000 problems', async () => {
    const relations = { jsonataExpression: '[list.{ "entity_schema": $$.none }]' };
    const fields = [
      { attribute: 'number', constant: 1 },
      { attribute: 'r', relations },
    ];
    const list = Array.from({ length: 10_001 }, () => 1);
    const many = await outcome(item({ jsonataExpression: undefined, fields }), { list });
    expect(many).toMatchObject({
      ids: [],
      problems: [['error', 'PAYLOAD_TOO_LARGE', 'jsonataExpression', undefined]],
    });
    const fewer = await outcome(item({ jsonataExpression: undefined, fields }), { list: list.slice(1) });
    expect(fewer.ids).toEqual([1]);
    expect(fewer.problems).toHaveLength(10_000);
  });

  it('gives no update at all when there would be more than 5000', async () => {
    const meters = Array.from({ length: 5_001 }, (_, n) => ({ n: `m${n}` }));
    const many = await outcome(item(), { meters });
    expect(many.ids).toEqual([]);
    expect(many.problems).toEqual([['error', 'PAYLOAD_TOO_LARGE', 'jsonataExpression', undefined]]);
    expect((await outcome(item(), { meters: meters.slice(1) })).ids).toHaveLength(5_000);
  });
});

describe('identifiers (spec ERP §6.8)', () => {
  it('accepts texts and finite numbers in their type', async () => {
    const { ids } = await outcome(item(), { meters: [{ n: 0 }, { n: -1.5 }, { n: ' x ' }] });
    expect(ids).toEqual([0, -1.5, ' x ']);
  });

  it.each([[null], [''], ['  '], [true], [{ a: 1 }], [['x']], [undefined]])('refuses %j', async (n) => {
    const { ids, problems } = await outcome(item(), { meters: [{ n }, { n: 'ok' }] });
    expect(ids).toEqual(['ok']);
    expect(problems).toEqual([['error', 'MISSING_UNIQUE_IDENTIFIERS', 'number', 0]]);
  });

  it('reports a failed expression and the identifier it was for', async () => {
    const { problems } = await outcome(
      item({ fields: [{ attribute: 'number', jsonataExpression: '$error()' }] }),
      {
        meters: {},
      },
    );
    expect(problems).toEqual([
      ['warning', 'MAPPING_EXPRESSION_FAILED', 'number', 0],
      ['error', 'MISSING_UNIQUE_IDENTIFIERS', 'number', 0],
    ]);
  });

  it.each([
    [['', 'a@x', 'b@x'], 'a@x'],
    [[{ email: 'a@x' }], 'a@x'],
    [{ email: 'a@x' }, 'a@x'],
    [17, '17'],
  ])('takes the bare text of the repeatable %j', async (mail, expected) => {
    const fields = [{ attribute: 'email', field: 'mail', _type: 'email' }];
    const entity = { entity_schema: 'contact', unique_ids: ['email'], fields };
    const { entityUpdates } = await mapConfigured({ entities: [entity] }, { mail });
    expect(entityUpdates[0]?.uniqueIdentifiers).toEqual({ email: expected });
    expect(entityUpdates[0]?.identifierTypes).toEqual({ email: 'email' });
  });

  it('warns about identifiers the schema does not define, except _id and unknown schemas', async () => {
    const fields = [
      { attribute: '_id', constant: 'u' },
      { attribute: 'other', constant: 'x' },
    ];
    const known = { entity_schema: 'meter', unique_ids: ['_id', 'other'], fields };
    const unknown = { ...known, entity_schema: 'custom' };
    const schemaAttributes = (slug: string) => (slug === 'meter' ? new Set(['number']) : undefined);
    const { problems } = await mapConfigured({ entities: [known, unknown] }, {}, { schemaAttributes });
    expect(problems.map(({ site, code, field }) => [site.entitySchema, code, field])).toEqual([
      ['meter', 'UNIQUE_ID_NOT_IN_SCHEMA', 'other'],
    ]);
  });
});

describe('prune scopes (spec ERP §6.13)', () => {
  const byRelation = {
    mode: 'upsert-prune-scope-purge',
    scope: {
      scope_mode: 'relations',
      schema: 'contract',
      unique_ids: [{ attribute: 'c', field: 'contract' }],
    },
  };
  const byQuery = {
    mode: 'upsert-prune-scope-delete',
    scope: {
      scope_mode: 'query',
      query: [
        { attribute: 'c', field: 'contract' },
        { attribute: 't', constant: 1 },
      ],
    },
  };

  it('resolve against the payload and keep what was upserted', async () => {
    const { scopes } = await outcome(item(byRelation), {
      contract: 'C',
      meters: [{ n: 'a', contract: 'wrong' }],
    });
    expect(scopes).toEqual([
      {
        mapping: 0,
        entitySchema: 'meter',
        scope: { scopeMode: 'relations', schema: 'contract', uniqueIds: { c: 'C' }, identifierTypes: {} },
        keepUniqueIds: [{ number: 'a' }],
        deletionMode: 'purge',
      },
    ]);
  });

  it.each([[{ contract: 'C' }], [{ contract: 'C', meters: [] }], [{ contract: 'C', meters: null }]])(
    'keep nothing for zero items: %j',
    async (payload) => {
      const { scopes } = await outcome(item(byQuery), payload);
      expect(scopes).toMatchObject([
        { scope: { query: { c: 'C', t: 1 } }, keepUniqueIds: [], deletionMode: 'delete' },
      ]);
    },
  );

  it('are withheld for an unusable item, an unusable scope value, a failed or a disabled mapping', async () => {
    const meters = [{ n: 'a' }, { n: '' }];
    const unusableItem = await outcome(item(byQuery), { contract: 'C', meters });
    expect(unusableItem.scopes).toEqual([]);
    expect(unusableItem.problems).toContainEqual([
      'warning',
      'PRUNE_SCOPE_PARTIAL_FAILURE',
      'scope',
      undefined,
    ]);
    const unusableScope = await outcome(item(byQuery), { meters: [{ n: 'a' }] });
    expect(unusableScope.scopes).toEqual([]);
    expect(unusableScope.problems).toEqual([['warning', 'MISSING_UNIQUE_IDENTIFIERS', 'scope', undefined]]);
    const failed = await outcome(item({ ...byQuery, jsonataExpression: '$error("no")' }), { contract: 'C' });
    expect(failed.scopes).toEqual([]);
    const disabled = await outcome(item({ ...byQuery, enabled: 'false' }), { contract: 'C' });
    expect(disabled).toEqual({ ids: [], problems: [], scopes: [] });
  });

  it('show every problem as a warning of the simulation', async () => {
    const { warnings } = await simulateConfigured({ entities: [item(byQuery)] }, { meters: [{ n: '' }] });
    expect(warnings.map(({ entity_schema, field }) => [entity_schema, field])).toEqual([
      ['meter', 'number'],
      ['meter', 'scope'],
    ]);
  });
});
