import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Problem } from '../refusal.ts';
import type { JsonObject } from './json-object.ts';
import { type Direction, toJsonSchema, withoutDefaults } from './json-schema.ts';
import type { Contract, Operation, ParameterPlace } from './openapi-document.ts';

/** Checks values of one operation against its contract; each check is compiled when it is first needed. */
export interface OperationValidation {
  /** Fills in defaults, turns texts into the schema's types, and answers what is wrong. */
  parameters(place: ParameterPlace, values: JsonObject): Problem[];
  /** Fills in defaults and answers what is wrong. */
  body(value: unknown): Problem[];
  /** Answers what is wrong with a response; a status that the contract does not list is a problem unless it is an error. */
  response(status: number, body: unknown): Problem[];
}

const MOST_PROBLEMS = 20;

/** Prepares validation for a contract: three Ajv instances over its schemas, one per way of reading them. */
export function validationFor(contract: Contract): (operation: Operation) => OperationValidation {
  const body = createAjv(contract, 'request', { coerceTypes: false });
  const text = createAjv(contract, 'request', { coerceTypes: 'array' });
  const response = createAjv(contract, 'response', { coerceTypes: false, useDefaults: false });

  return (operation) => {
    const compiled = new Map<string, ValidateFunction>();
    const check = (key: string, ajv: Ajv, schema: () => JsonObject) => {
      let validate = compiled.get(key);
      if (!validate) {
        validate = ajv.compile(schema());
        compiled.set(key, validate);
      }
      return validate;
    };
    return {
      parameters(place, values) {
        const validate = check(place, text, () => parameterSchema(operation, place, contract.api));
        return validate(values) ? [] : problemsOf(place, validate.errors);
      },
      body(value) {
        const schema = operation.body?.schema;
        if (!operation.body || !schema) return [];
        if (value === undefined)
          return operation.body.required ? [{ path: 'body', message: 'is required' }] : [];
        const validate = check('body', body, () => toJsonSchema(schema, 'request', contract.api));
        return validate(value) ? [] : problemsOf('body', validate.errors);
      },
      response(status, value) {
        const key = [String(status), `${String(status)[0]}XX`, 'default'].find((one) =>
          operation.responses.has(one),
        );
        if (key === undefined) {
          return status >= 400 ? [] : [{ path: 'status', message: `${status} is not in the contract` }];
        }
        const schema = operation.responses.get(key);
        if (!schema || status >= 400) return [];
        // What a client sees is the JSON text, so that is what must fit: dates have become strings, undefined members are gone.
        const onTheWire = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
        const validate = check(`response ${key}`, response, () =>
          toJsonSchema(schema, 'response', contract.api),
        );
        return validate(onTheWire) ? [] : problemsOf('response', validate.errors);
      },
    };
  };
}

function createAjv(
  contract: Contract,
  direction: Direction,
  options: { coerceTypes: boolean | 'array'; useDefaults?: boolean },
): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    useDefaults: true,
    validateFormats: true,
    ownProperties: true,
    ...options,
  });
  // The named import is the plugin function itself at run time; its types describe the CommonJS wrapper.
  addFormats.default(ajv);
  for (const name of ['ulid', 'url', 'binary', 'json', 'int64', 'float', 'double']) ajv.addFormat(name, true);
  ajv.addKeyword({
    keyword: 'numberAsText',
    modifying: true,
    schema: false,
    validate: (
      value: unknown,
      context?: { parentData: Record<string | number, unknown>; parentDataProperty: string | number },
    ) => {
      if (typeof value === 'number' && context)
        context.parentData[context.parentDataProperty] = String(value);
      return true;
    },
  });
  for (const root of [contract.api, withoutDefaults(contract.api)]) {
    const schemas: JsonObject = {};
    for (const [name, schema] of Object.entries(contract.components)) {
      schemas[name] = toJsonSchema(schema, direction, root);
    }
    ajv.addSchema({ $id: root, components: { schemas } });
  }
  return ajv;
}

function parameterSchema(operation: Operation, place: ParameterPlace, root: string): JsonObject {
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const parameter of operation.parameters) {
    if (parameter.place !== place) continue;
    properties[parameter.name] = parameter.schema;
    if (parameter.required) required.push(parameter.name);
  }
  return toJsonSchema({ type: 'object', properties, required }, 'request', root);
}

/** Ajv's errors as paths and sentences; branches of a union are reported by the errors that got furthest into the value. */
function problemsOf(base: string, errors: readonly ErrorObject[] | null | undefined): Problem[] {
  const list = errors ?? [];
  const depth = (error: ErrorObject) => error.instancePath.split('/').length;
  const deepest = Math.max(0, ...list.map(depth));
  const telling =
    list.length > 1 ? list.filter((error) => depth(error) === deepest && error.keyword !== 'anyOf') : list;
  const problems = (telling.length > 0 ? telling : list).map((error) => ({
    path: dottedPath(base, error),
    message: messageOf(error),
  }));
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = `${problem.path} ${problem.message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .slice(0, MOST_PROBLEMS);
}

function dottedPath(base: string, error: ErrorObject): string {
  const segments = error.instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const member = error.params['missingProperty'] ?? error.params['additionalProperty'];
  if (typeof member === 'string') segments.push(member);
  return segments.reduce(
    (path, segment) => (/^\d+$/.test(segment) ? `${path}[${segment}]` : `${path}.${segment}`),
    base,
  );
}

function messageOf(error: ErrorObject): string {
  switch (error.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return 'is not known here';
    case 'enum':
      return `must be one of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}`;
    default:
      return error.message ?? 'is not valid';
  }
}
