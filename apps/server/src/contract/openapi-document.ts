import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asObject, type JsonObject } from './json-object.ts';
import { mendDocument } from './mended-contract.ts';
import type { Api } from './operation-types.ts';

/** Where a parameter stands in a request. */
export type ParameterPlace = 'path' | 'query' | 'header';

export interface Parameter {
  readonly name: string;
  readonly place: ParameterPlace;
  readonly required: boolean;
  readonly schema: JsonObject;
  /** A list written as one value, its items separated by commas (`style: form`, `explode: false`). */
  readonly isCommaList: boolean;
}

/** One operation of a published contract. Schemas are still OpenAPI 3.0, with `$ref`s into their document. */
export interface Operation {
  readonly api: Api;
  readonly operationId: string;
  readonly method: string;
  /** As in the contract, with `{name}` parameters. */
  readonly path: string;
  readonly deprecated: boolean;
  /** Names of the security schemes of which one must be met; empty for public operations. */
  readonly security: readonly string[];
  /** True when the operation may also be called without a token. */
  readonly anonymous: boolean;
  readonly parameters: readonly Parameter[];
  readonly body:
    | {
        readonly required: boolean;
        readonly schema: JsonObject | undefined;
        /** An HTML form comes in instead of JSON. */
        readonly isForm: boolean;
      }
    | undefined;
  /** JSON schemas of the responses by status (or `default`); undefined for responses without a JSON body. */
  readonly responses: ReadonlyMap<string, JsonObject | undefined>;
}

export interface Contract {
  readonly api: Api;
  readonly components: JsonObject;
  readonly operations: readonly Operation[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];

/** Reads one of the SDK's OpenAPI documents, mends its known mistakes and lists its operations. */
export async function loadContract(api: Api): Promise<Contract> {
  const location = fileURLToPath(import.meta.resolve(`@epilot/sdk/${api}/openapi.json`));
  const document = asObject(JSON.parse(await readFile(location, 'utf8')));
  mendDocument(api, document);
  const components = asObject(asObject(document['components'])['schemas']);
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(asObject(document['paths']))) {
    for (const [method, operation] of Object.entries(asObject(item))) {
      if (METHODS.includes(method)) {
        operations.push(readOperation(api, document, path, method, asObject(item), asObject(operation)));
      }
    }
  }
  return { api, components, operations };
}

function readOperation(
  api: Api,
  document: JsonObject,
  path: string,
  method: string,
  item: JsonObject,
  operation: JsonObject,
): Operation {
  const security = asList(operation['security'] ?? document['security']).map((one) =>
    Object.keys(asObject(one)),
  );
  const requestBody = operation['requestBody'] ? resolve(document, operation['requestBody']) : undefined;
  return {
    api,
    operationId: String(operation['operationId']),
    method: method.toUpperCase(),
    path,
    deprecated: operation['deprecated'] === true,
    security: [...new Set(security.flat())],
    anonymous: security.length === 0 || security.some((schemes) => schemes.length === 0),
    parameters: readParameters(document, [...asList(item['parameters']), ...asList(operation['parameters'])]),
    body: requestBody && {
      required: requestBody['required'] === true,
      schema: jsonSchemaOf(requestBody),
      isForm: asObject(requestBody['content'])['multipart/form-data'] !== undefined,
    },
    responses: new Map(
      Object.entries(asObject(operation['responses'])).map(([status, response]) => [
        status,
        jsonSchemaOf(resolve(document, response)),
      ]),
    ),
  };
}

/** Never required, whatever a contract says: the token may name the organisation, and either header will do (spec/identity.md §1.3). */
const ORGANISATION_HEADERS: ReadonlySet<string> = new Set(['x-epilot-org-id', 'x-ivy-org-id']);

function readParameters(document: JsonObject, list: readonly unknown[]): Parameter[] {
  const parameters = new Map<string, Parameter>();
  for (const one of list) {
    const parameter = resolve(document, one);
    const place = parameter['in'];
    if (place !== 'path' && place !== 'query' && place !== 'header') continue;
    const name = String(parameter['name']);
    parameters.set(`${place} ${name}`, {
      name,
      place,
      required:
        place === 'path' || (parameter['required'] === true && !ORGANISATION_HEADERS.has(name.toLowerCase())),
      schema: resolve(document, parameter['schema']),
      isCommaList: parameter['explode'] === false,
    });
  }
  return [...parameters.values()];
}

function jsonSchemaOf(holder: JsonObject): JsonObject | undefined {
  const media = asObject(asObject(holder['content'])['application/json']);
  return media['schema'] === undefined ? undefined : asObject(media['schema']);
}

/** Follows a `$ref` inside the document; anything else is answered as it is. */
function resolve(document: JsonObject, value: unknown): JsonObject {
  const object = asObject(value);
  const reference = object['$ref'];
  if (typeof reference !== 'string') return object;
  let target: unknown = document;
  for (const segment of reference.slice(2).split('/')) {
    target = asObject(target)[segment.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return resolve(document, target);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
