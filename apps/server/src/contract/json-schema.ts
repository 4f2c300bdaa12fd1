import type { JsonObject } from './json-object.ts';

/** Requests and responses read the same OpenAPI schema differently: see `toJsonSchema`. */
export type Direction = 'request' | 'response';

const ANNOTATIONS = new Set([
  'example',
  'examples',
  'externalDocs',
  'xml',
  'discriminator',
  'deprecated',
  'description',
  'title',
]);
/** Members that hold alternatives: a value need not match each of them. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'not']);
/** Members that hold schemas by name, whose names must not be mistaken for keywords. */
const SCHEMA_MAPS = new Set(['properties', 'patternProperties']);

/**
 * Members that documented sample calls send as JSON numbers although the schema wants text; both are accepted and read as text
 * (spec/portal.md §0.3).
 */
const TEXT_OR_NUMBER = new Set(['org_id', 'orgId', 'organization_id', 'bucket', 'key', 'filename']);

/** Members that count rows. Several contracts give them as any number; half a row is a 400 (our decision). */
const ROW_COUNTS = new Set(['from', 'size']);

/**
 * Turns an OpenAPI 3.0 schema into JSON Schema draft 7 as Ajv understands it: `nullable` becomes a type, boolean exclusive limits become
 * numbers, `$ref`s point into the document registered under `root`, annotations vanish, and
 * - in requests, read-only members are not required, text members that samples send as numbers take both, and rows are counted in whole
 *   numbers;
 * - in responses, write-only members are not required;
 * - the alternatives of a union have no defaults, or every value would be filled with those of alternatives that it does not match: their
 *   references point to the schemas under `withoutDefaults(root)`;
 * - `oneOf` is read as `anyOf`: several published unions overlap (an empty search result is a list of either kind), and no client relies
 *   on a value matching one branch only.
 */
export function toJsonSchema(schema: unknown, direction: Direction, root: string): JsonObject {
  const converted = convert(schema, direction, root);
  return typeof converted === 'object' && converted !== null && !Array.isArray(converted)
    ? (converted as JsonObject)
    : {};
}

const WITHOUT_DEFAULTS = ':without-defaults';

/** Where the schemas of a document are registered a second time, without defaults. */
export function withoutDefaults(root: string): string {
  return root.endsWith(WITHOUT_DEFAULTS) ? root : `${root}${WITHOUT_DEFAULTS}`;
}

function convert(node: unknown, direction: Direction, root: string): unknown {
  if (Array.isArray(node)) return node.map((item) => convert(item, direction, root));
  if (typeof node !== 'object' || node === null) return node;
  const source = node as JsonObject;
  if (typeof source['$ref'] === 'string') {
    const reference = { $ref: `${root}${source['$ref']}` };
    // OpenAPI 3.0 ignores what stands beside a reference; the published contracts mean it, and their clients send null there.
    return source['nullable'] === true ? { anyOf: [reference, { type: 'null' }] } : reference;
  }

  const result: JsonObject = {};
  for (const [keyword, value] of Object.entries(source)) {
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === 'default' && root.endsWith(WITHOUT_DEFAULTS)) continue;
    if (keyword === 'enum' || keyword === 'const' || keyword === 'default' || keyword === 'required')
      result[keyword] = value;
    else if (SCHEMA_MAPS.has(keyword)) result[keyword] = convertMap(value, direction, root);
    else if (ALTERNATIVES.has(keyword))
      result[keyword === 'oneOf' ? mergeInto(result, source) : keyword] = convert(
        value,
        direction,
        withoutDefaults(root),
      );
    else result[keyword] = convert(value, direction, root);
  }
  // A schema with properties means an object even where it forgets to say so.
  if ('properties' in result && !('type' in result)) result['type'] = 'object';
  convertLimits(result);
  convertRequired(result, source, direction);
  return convertNullable(result);
}

/** A schema with both `anyOf` and `oneOf` keeps them apart by nesting; everything else uses `anyOf` itself. */
function mergeInto(result: JsonObject, source: JsonObject): string {
  return 'anyOf' in source || 'anyOf' in result ? 'oneOf' : 'anyOf';
}

function convertMap(value: unknown, direction: Direction, root: string): JsonObject {
  const result: JsonObject = {};
  for (const [name, schema] of Object.entries(value as JsonObject)) {
    const converted = convert(schema, direction, root) as JsonObject;
    result[name] = direction === 'request' ? asSent(name, converted) : converted;
  }
  return result;
}

function asSent(name: string, schema: JsonObject): JsonObject {
  if (TEXT_OR_NUMBER.has(name) && schema['type'] === 'string')
    return { ...schema, type: ['string', 'number'], numberAsText: true };
  return ROW_COUNTS.has(name) && schema['type'] === 'number' ? { ...schema, type: 'integer' } : schema;
}

function convertLimits(schema: JsonObject): void {
  for (const [exclusive, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (schema[exclusive] === true) {
      schema[exclusive] = schema[limit];
      delete schema[limit];
    } else if (schema[exclusive] === false) {
      delete schema[exclusive];
    }
  }
}

function convertRequired(schema: JsonObject, source: JsonObject, direction: Direction): void {
  if (!Array.isArray(schema['required'])) {
    delete schema['required'];
    return;
  }
  const properties = (source['properties'] ?? {}) as JsonObject;
  const foreign = direction === 'request' ? 'readOnly' : 'writeOnly';
  schema['required'] = schema['required'].filter((name) => {
    const property = properties[String(name)];
    return !(typeof property === 'object' && property !== null && (property as JsonObject)[foreign] === true);
  });
}

function convertNullable(schema: JsonObject): JsonObject {
  const nullable = schema['nullable'] === true;
  delete schema['nullable'];
  delete schema['readOnly'];
  delete schema['writeOnly'];
  if (!nullable) return schema;
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(null))
    schema['enum'] = [...schema['enum'], null];
  if (typeof schema['type'] === 'string' && !('anyOf' in schema) && !('allOf' in schema)) {
    return { ...schema, type: [schema['type'], 'null'] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}
