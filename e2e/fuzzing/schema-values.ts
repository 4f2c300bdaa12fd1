import fc from 'fast-check';
import type { JsonObject } from '../../apps/server/src/contract/json-object.ts';

/** What values are drawn from: the contract's named schemas, and ids and names that exist on the server under attack. */
export interface ValueGround {
  readonly components: JsonObject;
  readonly ids: readonly string[];
  /** Values that exist, by the member that holds them (`slug`, `portal_id`, `origin` …). */
  readonly known: Readonly<Record<string, readonly string[]>>;
  /** How many of a hundred members are not what their schema says. */
  readonly hostility: number;
}

const DEEPEST = 5;

/** What no schema asks for: what breaks parsers, casts, queries, templates and limits. */
const HOSTILE: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  2 ** 53,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '🔌',
  "' or 1=1 --",
  '%',
  '\\',
  '*',
  '((((',
  'a AND OR NOT "',
  '_id:[* TO *]',
  '{{#each this}}{{/each}}',
  '{{{{raw}}}}',
  '../../etc/passwd',
  '9999-99-99',
  '+275760-09-13T00:00:00.000Z',
  '0000-01-01',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(10_000),
  [],
  [null],
  [[[[[[[[]]]]]]]],
  {},
  { $ne: null },
  { $relation: [{ entity_id: 'x' }] },
  { $relation: 'x' },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'),
);

/**
 * Variants of a value that is known to be accepted: as it is, or with a few of its members replaced by hostile values or by others that
 * exist.
 */
export function variantsOf(sample: unknown, ground: ValueGround): fc.Arbitrary<unknown> {
  const places = placesIn(sample);
  if (places.length === 0) return fc.constant(sample);
  const change = fc.record({
    place: fc.constantFrom(...places),
    value: fc.oneof(HOSTILE, ground.ids.length > 0 ? fc.constantFrom(...ground.ids) : HOSTILE),
  });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) =>
      changes.reduce((value, { place, value: other }) => replaced(value, place, other), sample),
    );
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const members: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return members.flatMap(([name, member]) => [[...at, name], ...placesIn(member, [...at, name])]);
}

function replaced(value: unknown, [name, ...rest]: Place, other: unknown): unknown {
  if (name === undefined) return other;
  if (Array.isArray(value))
    return value.map((item, index) => (index === name ? replaced(item, rest, other) : item));
  const object = asSchema(value);
  return { ...object, [name]: replaced(object[name], rest, other) };
}

/** Values of an OpenAPI 3.0 schema, most of them valid; here and there one is not what the schema says. */
export function valuesOf(schema: unknown, ground: ValueGround, name = '', depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 100 - ground.hostility, arbitrary: validValues(asSchema(schema), ground, name, depth) },
    { weight: ground.hostility, arbitrary: HOSTILE },
  );
}

function validValues(
  schema: JsonObject,
  ground: ValueGround,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  const target = typeof schema['$ref'] === 'string' ? referenced(schema['$ref'], ground) : schema;
  const known = ground.known[name];
  if (known && known.length > 0 && target['type'] !== 'array' && target['type'] !== 'object')
    return fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: typedValues(target, ground, name, depth) },
    );
  if (target['example'] !== undefined && depth < DEEPEST)
    return fc.oneof(fc.constant(target['example']), typedValues(target, ground, name, depth));
  return typedValues(target, ground, name, depth);
}

function typedValues(
  schema: JsonObject,
  ground: ValueGround,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  const branches = [schema['anyOf'], schema['oneOf']].find(Array.isArray);
  if (branches && depth < DEEPEST) {
    const own = { ...schema, anyOf: undefined, oneOf: undefined };
    const chosen = fc.oneof(
      ...branches.map((branch) => validValues(asSchema(branch), ground, name, depth + 1)),
    );
    return 'properties' in schema ? fc.tuple(objects(own, ground, depth), chosen).map(joined) : chosen;
  }
  if (Array.isArray(schema['allOf'])) {
    const parts = schema['allOf'].map((part) => validValues(asSchema(part), ground, name, depth + 1));
    return fc.tuple(objects(schema, ground, depth), ...parts).map(joined);
  }
  switch (schema['type']) {
    case 'string':
      return texts(schema, ground);
    case 'integer':
      return fc.oneof(fc.integer({ min: -2, max: 30 }), fc.integer());
    case 'number':
      return fc.oneof(fc.integer({ min: -2, max: 30 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return depth >= DEEPEST
        ? fc.constant([])
        : fc.array(valuesOf(schema['items'] ?? {}, ground, name, depth + 1), { maxLength: 3 });
    case undefined:
      return 'properties' in schema ? objects(schema, ground, depth) : fc.oneof(fc.string(), HOSTILE);
    default:
      return objects(schema, ground, depth);
  }
}

function objects(schema: JsonObject, ground: ValueGround, depth: number): fc.Arbitrary<JsonObject> {
  const properties = Object.entries(asSchema(schema['properties']));
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  if (depth >= DEEPEST && required.length === 0) return fc.constant({});
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
    properties
      .filter(
        ([name, one]) => asSchema(one)['readOnly'] !== true && (depth < DEEPEST || required.includes(name)),
      )
      .map(([name, one]) => [name, valuesOf(one, ground, name, depth + 1)]),
  );
  const known = fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  const extra = schema['additionalProperties'];
  if (!extra || depth >= DEEPEST) return known;
  const others = fc.dictionary(
    fc.oneof(fc.constantFrom('status', 'email', '_id', '__proto__', 'a.b'), fc.string({ maxLength: 8 })),
    valuesOf(extra === true ? {} : extra, ground, '', depth + 2),
    { maxKeys: 2 },
  );
  return fc.tuple(others, known).map(joined);
}

function texts(schema: JsonObject, ground: ValueGround): fc.Arbitrary<unknown> {
  switch (schema['format']) {
    case 'uuid':
      return ground.ids.length > 0 ? fc.oneof(fc.constantFrom(...ground.ids), fc.uuid()) : fc.uuid();
    case 'date':
      return moments().map((moment) => moment.slice(0, 10));
    case 'date-time':
      return moments();
    case 'email':
      return fc.constantFrom('wiebke.harmsen0@post.example', 'nobody@post.example', 'a@b');
    case 'uri':
    case 'url':
      return fc.constantFrom('https://erp.example/hook', 'http://127.0.0.1:1/', 'file:///etc/passwd');
    default:
      return fc.oneof(
        fc.constantFrom(
          ...ground.ids.slice(0, 20),
          'contract',
          'contact',
          '2025-03-30',
          'DE',
          '10115',
          'kWh',
          '1.5',
        ),
        fc.string({ maxLength: 20 }),
      );
  }
}

function moments(): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((moment) => moment.toISOString());
}

function joined(parts: readonly unknown[]): JsonObject {
  return Object.assign({}, ...parts);
}

function referenced(reference: string, ground: ValueGround): JsonObject {
  return asSchema(ground.components[reference.split('/').at(-1) ?? '']);
}

function asSchema(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
