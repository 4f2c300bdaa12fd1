import { type Evaluator, ExpressionError } from '@busbar/jsonata';
import { describe, expect, it } from 'vitest';
import { mapContactFields } from '../testing/map-configured.ts';

describe('field sources (spec ERP §6.4)', () => {
  const payload = { 'a.b': 1, a: { b: 2, list: [{ x: 1 }, { x: 2 }] }, n: null, constructor_: 3 };

  it.each([
    [{ field: 'a.b' }, 1],
    [{ field: '$.a.b' }, 2],
    [{ field: '$.a.list[*].x' }, [1, 2]],
    [{ field: '$.a.list[?@.x > 1].x' }, [2]],
    [{ field: '$' }, payload],
    [{ field: '$$' }, payload],
    [{ field: 'n' }, null],
    [{ constant: null }, null],
    [{ constant: { $: 'not a path' } }, { $: 'not a path' }],
    [{ constant: 0, jsonataExpression: '1', field: 'a.b' }, 0],
    [{ jsonataExpression: 'a.b', field: 'a.b' }, 2],
  ])('%j', async (source, expected) => {
    const { attributes } = await mapContactFields([{ attribute: 'x', ...source }], payload);
    expect(attributes).toEqual([{ x: expected }]);
  });

  it.each([
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'missing',
    '$.a.list.length',
    '$.constructor',
  ])('finds nothing under %s', async (field) => {
    expect((await mapContactFields([{ attribute: 'x', field }], payload)).attributes).toEqual([{}]);
  });

  it('finds no members of items that are no objects', async () => {
    const entity = [
      { attribute: 'l', field: 'length' },
      { attribute: 'v', field: '$' },
      { attribute: 'z', field: '0' },
    ];
    const { attributes } = await mapContactFields(entity, ['text', 7, null, ['x']]);
    expect(attributes).toEqual([{ v: 'text' }, { v: 7 }, { v: ['x'] }]);
  });

  it('lets the last field that yields a value win, null included', async () => {
    const fields = [
      { attribute: 'x', constant: 'first' },
      { attribute: 'x', field: 'missing' },
      { attribute: 'y', constant: 'first' },
      { attribute: 'y', field: 'n' },
      { attribute: 'y', constant: 'never', enabled: false },
    ];
    expect((await mapContactFields(fields, payload)).attributes).toEqual([{ x: 'first', y: null }]);
  });

  it('prefers relations to values', async () => {
    const relations = { items: [{ entity_schema: 's', unique_ids: [{ attribute: 'k', constant: 'v' }] }] };
    const { attributes } = await mapContactFields([{ attribute: 'x', relations, constant: 1 }], payload);
    expect(attributes).toEqual([
      { x: { $relation: { _set: [{ $entity_unique_ids: { k: 'v' }, _schema: 's' }] } } },
    ]);
  });
});

describe('enabled of a field (spec ERP §6.6)', () => {
  it.each([
    ['"x"', true],
    ['""', false],
    ['0', false],
    ['null', false],
    ['[]', false],
    ['[0, ""]', false],
    ['[0, [1]]', true],
    ['{}', false],
    ['{"a": 0}', true],
    ['missing', false],
  ])('casts %s to %s', async (enabled, expected) => {
    const { attributes } = await mapContactFields([{ attribute: 'x', constant: 1, enabled }], {});
    expect(attributes).toEqual([expected ? { x: 1 } : {}]);
  });

  it('does not evaluate a disabled field', async () => {
    const field = { attribute: 'x', jsonataExpression: '$error("no")', enabled: 'false' };
    expect((await mapContactFields([field], {})).problems).toEqual([]);
  });
});

describe('failures of a field (spec ERP §6.12)', () => {
  it('cost the attribute and are a warning', async () => {
    const fields = [
      { attribute: 'x', jsonataExpression: '$error("no")' },
      { attribute: 'y', constant: 1, enabled: '$error("no")' },
      { attribute: 'z', constant: 1 },
    ];
    const { attributes, problems } = await mapContactFields(fields, {});
    expect(attributes).toEqual([{ z: 1 }]);
    expect(problems).toEqual(['warning MAPPING_EXPRESSION_FAILED x', 'warning MAPPING_EXPRESSION_FAILED y']);
  });

  it('are a TIMEOUT where a limit was hit', async () => {
    const evaluator: Evaluator = {
      evaluate: (expression) => {
        const code = expression.source === 'slow' ? 'EXPRESSION_TIMEOUT' : 'EXPRESSION_LIMIT';
        throw new ExpressionError(code, 'limit');
      },
    };
    let deep: unknown = 1;
    for (let level = 0; level < 60; level += 1) deep = [deep];
    const fields = [
      { attribute: 'x', jsonataExpression: 'slow' },
      { attribute: 'y', jsonataExpression: 'big' },
      { attribute: 'z', field: '$.deep..*..*..*..*..*' },
    ];
    const { problems } = await mapContactFields(fields, { deep }, { evaluator });
    expect(problems).toEqual(['warning TIMEOUT x', 'warning TIMEOUT y', 'warning TIMEOUT z']);
  });

  it('of any other kind are ours and are not swallowed', async () => {
    const evaluator: Evaluator = {
      evaluate: () => {
        throw new TypeError('a defect');
      },
    };
    const fields = [{ attribute: 'x', jsonataExpression: 'a' }];
    await expect(mapContactFields(fields, {}, { evaluator })).rejects.toThrow('a defect');
  });
});

describe('_type (spec ERP §6.7)', () => {
  const tagged = { _type: 'email', _tags: ['T'] };

  it.each([
    ['a@x', [{ _tags: ['T'], email: 'a@x' }]],
    [42, [{ _tags: ['T'], email: '42' }]],
    [
      ['a', ' ', null, 'b'],
      [
        { _tags: ['T'], email: 'a' },
        { _tags: ['T'], email: 'b' },
      ],
    ],
    [{ email: 'a' }, { email: 'a' }],
    [
      [{ email: 'a' }, 'b'],
      [{ email: 'a' }, { _tags: ['T'], email: 'b' }],
    ],
    [null, null],
    [[], []],
    [['', null], []],
  ])('wraps %j', async (value, expected) => {
    const { attributes } = await mapContactFields([{ attribute: 'x', field: 'v', ...tagged }], { v: value });
    expect(attributes).toEqual([{ x: expected }]);
  });

  it('makes a blank text undefined and ignores tags without a type', async () => {
    const fields = [
      { attribute: 'x', field: 'blank', ...tagged },
      { attribute: 'y', field: 'v', _tags: ['T'] },
    ];
    expect((await mapContactFields(fields, { blank: ' \t', v: 'a' })).attributes).toEqual([{ y: 'a' }]);
  });
});

describe('file_proxy_url (spec ERP §6.11)', () => {
  const integration = { baseUrl: 'https://p.example', orgId: '1', integrationId: 'i 1' };
  const file_proxy_url = {
    use_case_slug: 'doc',
    params: {
      'a b': { field: 'ä' },
      list: { constant: [1, { x: '&' }] },
      none: { field: 'missing' },
      nil: { constant: null },
      flag: { constant: false },
      sum: { jsonataExpression: '1 + 1' },
      half: { constant: '\ud800' },
    },
  };

  it('encodes names and values and leaves out undefined and null', async () => {
    const { attributes } = await mapContactFields(
      [{ attribute: 'u', file_proxy_url }],
      { ä: 'x y' },
      { integration },
    );
    expect(attributes).toEqual([
      {
        u: 'https://p.example/download?orgId=1&integrationId=i%201&useCaseSlug=doc&a%20b=x%20y&list=%5B1%2C%7B%22x%22%3A%22%26%22%7D%5D&flag=false&sum=2&half=%EF%BF%BD',
      },
    ]);
  });

  it('is skipped without an integration, its parameters unevaluated', async () => {
    const failing = { use_case_id: 'u', params: { x: { jsonataExpression: '$error("no")' } } };
    const fields = [{ attribute: 'u', file_proxy_url: failing }];
    expect(await mapContactFields(fields, {})).toEqual({ attributes: [{}], problems: [] });
    expect((await mapContactFields(fields, {}, { integration })).problems).toEqual([
      'warning MAPPING_EXPRESSION_FAILED u',
    ]);
  });
});
