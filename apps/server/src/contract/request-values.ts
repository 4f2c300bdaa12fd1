import { asObject, type JsonObject } from './json-object.ts';
import type { Operation, Parameter } from './openapi-document.ts';

/**
 * Collects an operation's parameters from a request. Query lists may be written `a=1&a=2` or `a[]=1&a[]=2`, and `a=1,2` where the contract
 * says so (elsewhere values may contain commas); `a[0][b]=x` and JSON text are read where the schema wants objects.
 */
export function collectParameters(
  operation: Operation,
  request: {
    readonly params: unknown;
    readonly query: unknown;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  },
): { path: JsonObject; query: JsonObject; header: JsonObject } {
  const path: JsonObject = {};
  const query: JsonObject = {};
  const header: JsonObject = {};
  const pathValues = asObject(request.params);
  const queryValues = asObject(request.query);
  const nested = nestedQuery(queryValues);
  for (const parameter of operation.parameters) {
    if (parameter.place === 'path') path[parameter.name] = pathValues[routeName(parameter.name)];
    else if (parameter.place === 'query') {
      const value = queryValue(parameter, queryValues, nested);
      if (value !== undefined) query[parameter.name] = value;
    } else {
      const value = request.headers[parameter.name.toLowerCase()];
      if (value !== undefined) header[parameter.name] = value;
    }
  }
  return { path, query, header };
}

/** The router allows letters, digits and `_` in parameter names. */
export function routeName(parameter: string): string {
  return parameter.replace(/[^A-Za-z0-9_]/g, '_');
}

function queryValue(parameter: Parameter, values: JsonObject, nested: JsonObject): unknown {
  const plain = values[parameter.name] ?? values[`${parameter.name}[]`] ?? nested[parameter.name];
  if (plain === undefined)
    return parameter.schema['type'] === 'object' ? prefixed(parameter.name, values) : undefined;
  if (parameter.isCommaList && typeof plain === 'string')
    return plain.split(',').filter((item) => item !== '');
  if (parameter.schema['type'] === 'boolean') return booleanText(plain);
  const wantsList = parameter.schema['type'] === 'array';
  if (wantsList) return (Array.isArray(plain) ? plain : listFrom(plain)).map(parseObjectText);
  return parameter.schema['type'] === 'object' ? parseObjectText(plain) : plain;
}

/** `true` and `false` as clients write them: in any case, or as `1` and `0` (spec/portal.md §0.3). Everything else stays for the validation to refuse. */
function booleanText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.toLowerCase();
  return { '1': 'true', '0': 'false', true: 'true', false: 'false' }[text] ?? value;
}

/** An object whose members carry its name in front, as the File API writes `x-track-portal-id`; undefined when none is there. */
function prefixed(name: string, values: JsonObject): JsonObject | undefined {
  const members = Object.entries(values).filter(
    ([key, value]) => key.startsWith(`${name}-`) && typeof value === 'string',
  );
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}

function listFrom(value: unknown): unknown[] {
  if (typeof value === 'string' && value.startsWith('[')) {
    const parsed = parseJson(value);
    if (Array.isArray(parsed)) return parsed;
  }
  return isIndexed(value) ? Object.values(value) : [value];
}

function isIndexed(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && Object.keys(value).every((key) => /^\d+$/.test(key));
}

function parseObjectText(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('{') ? (parseJson(value) ?? value) : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MOST_NESTED_KEYS = 200;

/** Reads `a[0][b]=x` into `{ a: { 0: { b: 'x' } } }`. */
function nestedQuery(values: JsonObject): JsonObject {
  const result: JsonObject = Object.create(null);
  let count = 0;
  for (const [name, value] of Object.entries(values)) {
    const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
    if (!match?.[1] || !match[2] || match[2] === '[]') continue;
    count += 1;
    if (count > MOST_NESTED_KEYS) break;
    const segments = [match[1], ...match[2].slice(1, -1).split('][')];
    let at = result;
    for (const segment of segments.slice(0, -1)) {
      const next = at[segment];
      if (typeof next === 'object' && next !== null) at = next as JsonObject;
      else {
        const created: JsonObject = Object.create(null);
        at[segment] = created;
        at = created;
      }
    }
    at[segments.at(-1) ?? ''] = value;
  }
  return result;
}
