import { describe, expect, it } from 'vitest';
import { compileMapping, MappingConfigurationError } from './index.ts';

const id = { attribute: 'id', field: 'id' };
const entity = (overrides: object = {}) => ({
  entity_schema: 'contact',
  unique_ids: ['id'],
  fields: [id],
  ...overrides,
});
const withField = (field: object) => ({ entities: [entity({ fields: [id, { attribute: 'x', ...field }] })] });
const reading = (overrides: object = {}) => ({
  meter: { unique_ids: [{ attribute: 'number', field: 'm' }] },
  fields: ['external_id', 'timestamp', 'source', 'value'].map((attribute) => ({
    attribute,
    field: attribute,
  })),
  ...overrides,
});

/** Path, code and position of every issue; empty when the configuration compiles. */
function issuesOf(configuration: unknown): unknown[] {
  try {
    compileMapping(configuration);
    return [];
  } catch (error) {
    if (!(error instanceof MappingConfigurationError)) throw error;
    return error.issues.map(({ path, code, position }) =>
      position === undefined ? [path, code] : [path, code, position],
    );
  }
}

describe('compileMapping accepts', () => {
  it.each([
    ['nothing at all', {}],
    ['empty lists', { entities: [], meter_readings: [] }],
    [
      'unknown properties anywhere',
      { note: 1, entities: [entity({ comment: 'x', fields: [{ ...id, why: [] }] })] },
    ],
    [
      'null for optional members',
      { entities: [entity({ jsonataExpression: null, enabled: null, mode: null })] },
    ],
    ['constants that look like expressions', withField({ constant: { jsonataExpression: '1 +' } })],
    [
      'a deletion by day',
      {
        meter_readings: [
          reading({
            mode: 'delete',
            reading_matching: 'strict-date',
            fields: [{ attribute: 'timestamp', field: 't' }],
          }),
        ],
      },
    ],
  ])('%s', (_what, configuration) => {
    expect(issuesOf(configuration)).toEqual([]);
  });
});

it('passes over entries that nobody has filled in; the others keep their places', () => {
  const { entities, readings } = compileMapping({ entities: [{}, entity({})], meter_readings: [{}] });
  expect([entities.map(({ place }) => place), readings]).toEqual([[1], []]);
});

describe('compileMapping refuses (spec ERP §6.2)', () => {
  it.each([
    ['something that is no object', [], [['', 'INVALID_VALUE']]],
    ['lists that are none', { entities: {} }, [['entities', 'INVALID_VALUE']]],
    [
      'an entity without anything that counts',
      { entities: [{ mode: 'upsert' }] },
      [
        ['entities[0].entity_schema', 'REQUIRED'],
        ['entities[0].fields', 'REQUIRED'],
        ['entities[0].unique_ids', 'REQUIRED'],
      ],
    ],
    ['no identifiers', { entities: [entity({ unique_ids: [] })] }, [['entities[0].unique_ids', 'REQUIRED']]],
    [
      'identifiers that are not mapped',
      { entities: [entity({ unique_ids: ['id', 'nr'] })] },
      [['entities[0].unique_ids[1]', 'UNIQUE_ID_UNMAPPED']],
    ],
    ['a field without source', withField({}), [['entities[0].fields[1]', 'SOURCE_MISSING']]],
    [
      'a field without attribute',
      { entities: [entity({ fields: [id, { field: 'x' }] })] },
      [['entities[0].fields[1].attribute', 'REQUIRED']],
    ],
    [
      'an attribute named __proto__',
      { entities: [entity({ fields: [id, { attribute: '__proto__', constant: {} }] })] },
      [['entities[0].fields[1].attribute', 'RESERVED_NAME']],
    ],
    [
      'a path that does not parse',
      withField({ field: '$$.a[' }),
      [['entities[0].fields[1].field', 'JSONPATH_SYNTAX', 5]],
    ],
    [
      'a losing source that does not parse',
      withField({ field: '$.', constant: 1 }),
      [['entities[0].fields[1].field', 'JSONPATH_SYNTAX', 2]],
    ],
    ['an unknown mode', { entities: [entity({ mode: 'merge' })] }, [['entities[0].mode', 'INVALID_VALUE']]],
    [
      'an unknown _type',
      withField({ field: 'x', _type: 'url' }),
      [['entities[0].fields[1]._type', 'INVALID_VALUE']],
    ],
    [
      'relations without items',
      withField({ relations: { operation: '_set' } }),
      [['entities[0].fields[1].relations', 'SOURCE_MISSING']],
    ],
    [
      'an unknown operation',
      withField({ relations: { operation: '_add', items: [] } }),
      [['entities[0].fields[1].relations.operation', 'INVALID_VALUE']],
    ],
    [
      'a relation item without schema and source',
      withField({ relations: { items: [{ unique_ids: [{ attribute: 'a' }] }] } }),
      [
        ['entities[0].fields[1].relations.items[0].entity_schema', 'REQUIRED'],
        ['entities[0].fields[1].relations.items[0].unique_ids[0]', 'SOURCE_MISSING'],
      ],
    ],
    [
      'a reference without path and value',
      withField({ relation_refs: { items: [{ entity_schema: 's', unique_ids: [] }] } }),
      [
        ['entities[0].fields[1].relation_refs.items[0].path', 'REQUIRED'],
        ['entities[0].fields[1].relation_refs.items[0].value', 'REQUIRED'],
      ],
    ],
    [
      'a proxy URL with both or none of slug and id',
      {
        entities: [
          entity({
            fields: [
              id,
              { attribute: 'x', file_proxy_url: {} },
              { attribute: 'y', file_proxy_url: { use_case_slug: 'a', use_case_id: 'b', params: { p: {} } } },
            ],
          }),
        ],
      },
      [
        ['entities[0].fields[1].file_proxy_url', 'INVALID_VALUE'],
        ['entities[0].fields[2].file_proxy_url', 'INVALID_VALUE'],
        ['entities[0].fields[2].file_proxy_url.params.p', 'SOURCE_MISSING'],
      ],
    ],
    [
      'a prune mode without scope',
      { entities: [entity({ mode: 'upsert-prune-scope-purge' })] },
      [['entities[0].scope', 'SCOPE_MISSING']],
    ],
    [
      'a scope without effect whose expression or path does not parse',
      {
        entities: [
          entity({ scope: { query: [{ attribute: 'a', jsonataExpression: '(' }] } }),
          entity({ mode: 'delete', scope: { unique_ids: [{ attribute: 'a', field: '$[' }, 'x'], query: 1 } }),
        ],
      },
      [
        ['entities[0].scope.query[0].jsonataExpression', 'EXPRESSION_SYNTAX', 1],
        ['entities[1].scope.unique_ids[0].field', 'JSONPATH_SYNTAX', 2],
      ],
    ],
    [
      'relations scope without schema and unique_ids',
      { entities: [entity({ mode: 'upsert-prune-scope-delete', scope: { scope_mode: 'relations' } })] },
      [
        ['entities[0].scope.schema', 'REQUIRED'],
        ['entities[0].scope.unique_ids', 'REQUIRED'],
      ],
    ],
    [
      'query scope without query',
      {
        entities: [entity({ mode: 'upsert-prune-scope-delete', scope: { scope_mode: 'query', query: [] } })],
      },
      [['entities[0].scope.query', 'REQUIRED']],
    ],
    [
      'an unknown scope mode',
      { entities: [entity({ mode: 'upsert-prune-scope-delete', scope: { scope_mode: 'all' } })] },
      [['entities[0].scope.scope_mode', 'INVALID_VALUE']],
    ],
    [
      'a reading mode of entities',
      { meter_readings: [reading({ mode: 'purge' })] },
      [['meter_readings[0].mode', 'INVALID_VALUE']],
    ],
    [
      'a meter or counter without identifiers',
      { meter_readings: [reading({ meter: { unique_ids: [] }, meter_counter: {} })] },
      [
        ['meter_readings[0].meter.unique_ids', 'REQUIRED'],
        ['meter_readings[0].meter_counter.unique_ids', 'REQUIRED'],
      ],
    ],
  ])('%s', (_what, configuration, expected) => {
    expect(issuesOf(configuration)).toEqual(expected);
  });

  it('expressions that do not parse, wherever they are, with their position', () => {
    const bad = 'a & ';
    const identifier = { attribute: 'a', jsonataExpression: bad };
    const item = { entity_schema: 's', unique_ids: [identifier] };
    const fields = [
      id,
      { attribute: 'b', jsonataExpression: bad },
      { attribute: 'c', constant: 1, enabled: bad },
      { attribute: 'd', relations: { items: [item] } },
      { attribute: 'e', relations: { jsonataExpression: bad } },
      { attribute: 'f', relation_refs: { items: [{ ...item, path: 'p', value: identifier }] } },
      { attribute: 'g', file_proxy_url: { use_case_slug: 's', params: { p: { jsonataExpression: bad } } } },
    ];
    const scope = { scope_mode: 'query', query: [identifier] };
    const configuration = {
      entities: [
        entity({ enabled: false }),
        entity({ enabled: bad, jsonataExpression: bad, fields, mode: 'upsert-prune-scope-purge', scope }),
      ],
      meter_readings: [reading({ jsonataExpression: bad, meter: { unique_ids: [identifier] } })],
    };
    const found = issuesOf(configuration);
    const at = (path: string) => [path, 'EXPRESSION_SYNTAX', expect.any(Number)];
    expect(found).toHaveLength(12);
    expect(found).toEqual(
      expect.arrayContaining([
        at('entities[1].jsonataExpression'),
        at('entities[1].enabled'),
        at('entities[1].fields[1].jsonataExpression'),
        at('entities[1].fields[2].enabled'),
        at('entities[1].fields[3].relations.items[0].unique_ids[0].jsonataExpression'),
        at('entities[1].fields[4].relations.jsonataExpression'),
        at('entities[1].fields[5].relation_refs.items[0].unique_ids[0].jsonataExpression'),
        at('entities[1].fields[5].relation_refs.items[0].value.jsonataExpression'),
        at('entities[1].fields[6].file_proxy_url.params.p.jsonataExpression'),
        at('entities[1].scope.query[0].jsonataExpression'),
        at('meter_readings[0].jsonataExpression'),
        at('meter_readings[0].meter.unique_ids[0].jsonataExpression'),
      ]),
    );
  });

  it('expressions over 15 000 characters', () => {
    const long = `"${'x'.repeat(15_000)}"`;
    expect(issuesOf(withField({ jsonataExpression: long }))).toEqual([
      ['entities[0].fields[1].jsonataExpression', 'EXPRESSION_LIMIT'],
    ]);
  });

  it('readings without their required attributes, in the documented words', () => {
    const partial = ['external_id', 'value'].map((attribute) => ({ attribute, field: attribute }));
    const compile = () => compileMapping({ meter_readings: [reading(), reading({ fields: partial })] });
    expect(compile).toThrow(
      'meter_readings[1].fields: Meter readings configuration (item 1) is missing required field attributes: timestamp, source',
    );
    for (const mode of ['delete', 'upsert-prune-scope']) {
      expect(issuesOf({ meter_readings: [reading({ mode, fields: [] })] })).toEqual([
        ['meter_readings[0].fields', 'READING_ATTRIBUTES_MISSING'],
      ]);
    }
  });
});
