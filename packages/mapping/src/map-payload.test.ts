import { type Evaluator, ExpressionCage, ExpressionError, parseExpression } from '@busbar/jsonata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileMapping,
  MappingConfigurationError,
  type MappingResult,
  mapPayload,
  toSimulation,
} from './index.ts';
import { mapConfigured } from './testing/map-configured.ts';

const cage = new ExpressionCage().forTenant('test');

/** Every kind of rule at once, over the members a, b, c of whatever comes in. */
const everything = {
  entities: [
    {
      entity_schema: 'contact',
      unique_ids: ['a'],
      enabled: 'a or b or c',
      fields: [
        { attribute: 'a', field: 'a' },
        { attribute: 'b', field: '$.b[*].a', enabled: '$exists(b)' },
        { attribute: 'c', jsonataExpression: 'b.c & $$.a' },
        { attribute: 'email', field: 'c', _type: 'email', _tags: ['T'] },
        {
          attribute: 'r',
          relations: { items: [{ entity_schema: 's', unique_ids: [{ attribute: 'k', field: 'b' }] }] },
        },
        { attribute: 'd', relations: { jsonataExpression: '[b]' } },
        {
          attribute: 'f',
          relation_refs: {
            items: [
              {
                entity_schema: 's',
                unique_ids: [{ attribute: 'k', field: 'a' }],
                path: 'p',
                value: { attribute: 'v', field: 'c' },
              },
            ],
          },
        },
        { attribute: 'u', file_proxy_url: { use_case_slug: 's', params: { c: { field: 'c' } } } },
      ],
    },
    {
      entity_schema: 'meter',
      unique_ids: ['a'],
      jsonataExpression: 'b',
      mode: 'upsert-prune-scope-delete',
      scope: { scope_mode: 'query', query: [{ attribute: 'k', field: 'c' }] },
      fields: [
        { attribute: 'a', field: '$' },
        { attribute: 'b', field: '$..a' },
      ],
    },
  ],
  meter_readings: [
    {
      mode: 'upsert-prune-scope',
      meter: { unique_ids: [{ attribute: 'n', field: 'a' }] },
      meter_counter: { unique_ids: [{ attribute: 'n', field: 'b' }] },
      fields: ['external_id', 'timestamp', 'source', 'value'].map((attribute) => ({ attribute, field: 'c' })),
    },
  ],
};

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, 0, 1.5, '', ' ', 'x', true, false),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'entity_schema', 'unique_ids', 'constructor'), tie('json'), {
      maxKeys: 4,
    }),
  ),
}));
const integration = { baseUrl: 'https://p.example', orgId: '1', integrationId: '2' };

/** Answers at once with a member of the item named like the expression's first word; enough for the plans here. */
const immediate: Evaluator = {
  evaluate: (expression, scope) => {
    if (expression.source.startsWith('$error')) throw new ExpressionError('EXPRESSION_RUNTIME', 'asked for');
    const item = scope.item;
    const name = /[a-z]+/.exec(expression.source)?.[0] ?? '';
    return typeof item === 'object' && item !== null && Object.hasOwn(item, name)
      ? Object.entries(item).find(([key]) => key === name)?.[1]
      : undefined;
  },
};

/** Every place inside a JSON value, as the member names and indexes that lead there. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name])),
  ].filter((each) => each.length > 0);
}

function replaceAt(value: unknown, [name = '', ...rest]: readonly string[], replacement: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (rest.length === 0) Reflect.set(value, name, replacement);
  else replaceAt(Reflect.get(value, name), rest, replacement);
}

describe('mapPayload', () => {
  const plan = compileMapping(everything);

  it('answers without a promise when the evaluator does', () => {
    const result = mapPayload(plan, { a: 'x', b: [{ a: 1 }], c: 'z' }, { evaluator: immediate, integration });
    expect(result).not.toBeInstanceOf(Promise);
    expect(result).toMatchObject({ entityUpdates: [{ uniqueIdentifiers: { a: 'x' } }] });
  });

  it('never throws, never changes its input, and gives plain JSON, whatever the payload', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (payload) => {
        const before = JSON.stringify(payload);
        const result = await mapPayload(plan, payload, { evaluator: cage, integration });
        expect(JSON.stringify(payload)).toBe(before);
        const wire = toSimulation(result);
        expect(JSON.parse(JSON.stringify(wire))).toEqual(wire);
        for (const { uniqueIdentifiers } of result.entityUpdates) {
          for (const value of Object.values(uniqueIdentifiers))
            expect(['string', 'number']).toContain(typeof value);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('survives any damage to the configuration: it is refused with issues, or maps', async () => {
    const paths = pathsOf(everything);
    await fc.assert(
      fc.asyncProperty(fc.nat(paths.length - 1), json, json, async (place, replacement, payload) => {
        const configuration = structuredClone(everything);
        replaceAt(configuration, paths[place] ?? [], replacement);
        try {
          await mapPayload(compileMapping(configuration), payload, { evaluator: cage, integration });
        } catch (error) {
          expect(error).toBeInstanceOf(MappingConfigurationError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same whether answers come at once, late, or in any order', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.infiniteStream(fc.boolean()), async (payload, late) => {
        const mixed: Evaluator = {
          evaluate: (expression, scope) => {
            if (!late.next().value) return immediate.evaluate(expression, scope);
            return Promise.resolve().then(() => immediate.evaluate(expression, scope));
          },
        };
        const atOnce = mapPayload(plan, payload, { evaluator: immediate, integration });
        expect(await mapPayload(plan, payload, { evaluator: mixed, integration })).toEqual(atOnce);
      }),
      { numRuns: 300 },
    );
  });

  it('has the expressions of a round in flight together', async () => {
    const fields = Array.from({ length: 10 }, (_, at) => ({
      attribute: `f${at}`,
      jsonataExpression: `a + ${at}`,
    }));
    const entity = { entity_schema: 's', unique_ids: ['f0'], jsonataExpression: 'list', fields };
    let inFlight = 0;
    let most = 0;
    const slow: Evaluator = {
      evaluate: async (expression) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        return expression.source === 'list' ? [1, 2, 3] : expression.source;
      },
    };
    const result = await mapPayload(compileMapping({ entities: [entity] }), {}, { evaluator: slow });
    expect(result.entityUpdates).toHaveLength(3);
    expect(most).toBe(30);
  });

  it('asks a late expression once per item, and ends although every answer differs', async () => {
    let asked = 0;
    const random: Evaluator = {
      evaluate: (expression) => {
        asked += 1;
        if (expression.source === 'list') return [{ n: Math.random() }, { n: Math.random() }];
        return Promise.resolve(`v${Math.random()}`);
      },
    };
    const fields = [{ attribute: 'a', jsonataExpression: 'x' }];
    const entity = { entity_schema: 's', unique_ids: ['a'], jsonataExpression: 'list', fields };
    const result: MappingResult = await mapPayload(
      compileMapping({ entities: [entity] }),
      {},
      { evaluator: random },
    );
    expect(result.entityUpdates).toHaveLength(2);
    expect(asked).toBe(4);
  });

  it('starts an expression that needs the cage once per item, however many fields share it', async () => {
    const recursive = '($f := function($n) { $n > 0 ? $f($n - 1) : a }; $f(3))';
    expect(parseExpression(recursive).mode).toBe('caged');
    let asked = 0;
    const counting: Evaluator = {
      evaluate: async () => {
        asked += 1;
        return `answer ${asked}`;
      },
    };
    const fields = ['x', 'y', 'z'].map((attribute) => ({ attribute, jsonataExpression: recursive }));
    const entity = { entity_schema: 's', unique_ids: ['x'], fields };
    const payload = [{ a: 1 }, { a: 2 }];
    const result = await mapPayload(compileMapping({ entities: [entity] }), payload, { evaluator: counting });
    expect(asked).toBe(2);
    expect(result.entityUpdates.map(({ attributes }) => attributes)).toEqual([
      { x: 'answer 1', y: 'answer 1', z: 'answer 1' },
      { x: 'answer 2', y: 'answer 2', z: 'answer 2' },
    ]);
  });

  it('has a bounded number of caged expressions in flight, and still answers all of them', async () => {
    let inFlight = 0;
    let most = 0;
    let asked = 0;
    const slow: Evaluator = {
      evaluate: async (_expression, { item }) => {
        asked += 1;
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        return item;
      },
    };
    const fields = [
      { attribute: 'x', jsonataExpression: '($f := function($n) { $n > 0 ? $f($n - 1) : $ }; $f(3))' },
    ];
    const entity = { entity_schema: 's', unique_ids: ['x'], fields };
    const payload = Array.from({ length: 1_000 }, (_, n) => n);
    const result = await mapPayload(compileMapping({ entities: [entity] }), payload, { evaluator: slow });
    expect(result.entityUpdates.map(({ attributes }) => attributes.x)).toEqual(payload);
    expect(asked).toBe(1_000);
    expect(most).toBe(64);
  });

  it('answers more questions than it remembers at a time', async () => {
    const late: Evaluator = { evaluate: async (_expression, { item }) => item };
    const fields = ['x', 'y', 'z'].map((attribute) => ({
      attribute,
      jsonataExpression: `$ /* ${attribute} */`,
    }));
    const entity = { entity_schema: 's', unique_ids: ['x'], fields };
    const payload = Array.from({ length: 5_000 }, (_, n) => n);
    const { entityUpdates, problems } = await mapPayload(compileMapping({ entities: [entity] }), payload, {
      evaluator: late,
    });
    expect(problems).toEqual([]);
    expect(entityUpdates.map(({ attributes }) => attributes.z)).toEqual(payload);
  });

  it('refuses events that multiply: attributes, fields, and nodes of paths, each in all', async () => {
    const items = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    const map = (fields: readonly object[], root: object = { items }) =>
      mapConfigured(
        {
          entities: [
            {
              entity_schema: 's',
              unique_ids: ['id'],
              jsonataExpression: 'items',
              fields: [{ attribute: 'id', field: 'id' }, ...fields],
            },
          ],
        },
        root,
      );
    const large = await map([{ attribute: 'text', constant: 'x'.repeat(10_000) }]);
    expect(large).toMatchObject({
      entityUpdates: [],
      problems: [{ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('characters') }],
    });
    const many = Array.from({ length: 200 }, (_, n) => ({ attribute: `a${n}`, field: 'none' }));
    expect((await map(many)).problems).toMatchObject([
      { code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('fields') },
    ]);
    // Every path is cheap enough by itself.
    const searching = await map([{ attribute: 'found', field: '$$..none' }]);
    expect(searching.entityUpdates).toHaveLength(5_000);
    expect(searching.problems.at(-1)).toMatchObject({ severity: 'warning', code: 'TIMEOUT', field: 'found' });
    expect(searching.size).toBeLessThan(1_000_000);
  });

  it('does not keep more answers than fit', async () => {
    let asked = 0;
    const large: Evaluator = {
      evaluate: async () => {
        asked += 1;
        return 'x'.repeat(1_000_000);
      },
    };
    const entity = {
      entity_schema: 's',
      unique_ids: ['x'],
      fields: [{ attribute: 'x', jsonataExpression: 'x' }],
    };
    const payload = Array.from({ length: 5_000 }, (_, n) => n);
    const { entityUpdates, problems } = await mapPayload(compileMapping({ entities: [entity] }), payload, {
      evaluator: large,
    });
    expect(entityUpdates).toEqual([]);
    expect(problems).toMatchObject([{ severity: 'error', code: 'PAYLOAD_TOO_LARGE' }]);
    expect(asked).toBeLessThan(200);
  });

  it('passes defects of a late evaluator on', async () => {
    const broken: Evaluator = { evaluate: () => Promise.reject(new TypeError('a defect')) };
    await expect(mapPayload(plan, { a: 1 }, { evaluator: broken })).rejects.toThrow('a defect');
  });
});
