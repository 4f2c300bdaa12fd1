import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { routerPath } from '../http/operation-route.ts';
import type { Operation } from './openapi-document.ts';
import { collectParameters } from './request-values.ts';
import { loadServedContract } from './served-contract.ts';
import { isServedWhole, OPERATOR_OPERATIONS } from './served-operations.ts';

const { operations, validationOf } = await loadServedContract();

function operation(operationId: string, api = 'customer-portal'): Operation {
  const found = operations.find((one) => one.operationId === operationId && one.api === api);
  if (!found) throw new Error(`no operation ${operationId}`);
  return found;
}

function isPromised(one: Operation): boolean {
  const promised = Object.entries(OPERATOR_OPERATIONS).find(([api]) => api === one.api)?.[1];
  return promised?.some((operationId) => operationId === one.operationId) ?? false;
}

interface SampleCall {
  readonly api: string;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly sampleResponse: unknown;
}

const samples: SampleCall[] = ['portal', 'pricing', 'erp-integration'].flatMap((file) =>
  JSON.parse(readFileSync(new URL(`./samples/${file}.json`, import.meta.url), 'utf8')),
);

describe('the served contract', () => {
  it('knows all 182 documented calls by method and path', () => {
    expect(samples).toHaveLength(182);
    for (const sample of samples) {
      const found = operation(sample.operationId, sample.api);
      expect([found.method, found.path]).toEqual([sample.method, sample.path]);
    }
  });

  it('compiles every schema of every operation', () => {
    for (const one of operations) {
      const validation = validationOf(one);
      for (const place of ['path', 'query', 'header'] as const) validation.parameters(place, {});
      if (one.body) validation.body({});
      for (const status of one.responses.keys()) validation.response(Number(status), {});
    }
  });

  it('gives every operation a router path of its own', () => {
    const keys = operations
      .filter((one) => isServedWhole(one.api) || isPromised(one))
      .map((one) => `${one.method} ${routerPath(one.path).replace(/(?<!:):[A-Za-z0-9_]+(?!:)/g, ':x')}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('reads security: who may call, and whether without a token', () => {
    expect(operation('getContact').security).toEqual(['PortalAuth']);
    expect(operation('getPublicPortalConfig').anonymous).toBe(true);
    expect(operation('listIntegrations', 'integration-toolkit').security).toContain('EpilotAuth');
  });
});

describe('validation', () => {
  it('names the path of every offending field', () => {
    const problems = validationOf(operation('processErpUpdatesEventsV3', 'integration-toolkit')).body({
      integration_id: 'x',
      events: [{ timestamp: 'yesterday', format: 'csv', payload: {} }],
    });
    expect(problems.map((problem) => problem.path)).toEqual(
      expect.arrayContaining(['body.events[0].format', 'body.events[0].timestamp']),
    );
  });

  it('coerces queries but never bodies, and fills in defaults', () => {
    const values = { from: '5', size: '10' };
    expect(validationOf(operation('getAllContracts')).parameters('query', values)).toEqual([]);
    const body = { name: 5 };
    expect(validationOf(operation('createIntegration', 'integration-toolkit')).body(body)).toEqual([
      { path: 'body.name', message: 'must be string' },
    ]);
  });

  it('counts rows in whole numbers, also where the contract says any number', () => {
    const inQuery = validationOf(operation('getBillingEvents')).parameters('query', { size: '1.5' });
    const inBody = validationOf(operation('$searchCatalog', 'pricing')).body({ q: '*', from: 0.5 });
    expect(inQuery).toEqual([{ path: 'query.size', message: 'must be integer' }]);
    expect(inBody).toEqual([{ path: 'body.from', message: 'must be integer' }]);
  });

  it('fills in no defaults of alternatives that a value does not match', () => {
    const attribute = { name: 'modules', label: 'Modules', type: 'number', data_type: 'number' };
    const body = { slug: 'roof', name: 'Roof', plural: 'Roofs', attributes: [attribute], capabilities: [] };
    const sent = structuredClone(body.attributes);
    expect(validationOf(operation('putSchema', 'entity')).body(body)).toEqual([]);
    expect(body.attributes).toEqual(sent);
  });

  it('takes numbers where documented samples send them for text', () => {
    const body = {
      entity_id: '5da0a718-c822-403d-9f5d-20d4584e0528',
      entity_type: 'order',
      files: [{ filename: 12345, s3ref: { bucket: 12345, key: 12345 } }],
    };
    expect(validationOf(operation('saveEntityFile')).body(body)).toEqual([]);
    expect(body.files).toEqual([
      expect.objectContaining({ filename: '12345', s3ref: { bucket: '12345', key: '12345' } }),
    ]);
  });

  it('accepts the documented sample bodies but for their placeholders', () => {
    const placeholder = /^must (match format|be one of|match pattern)|^is required$|^must be array$/;
    for (const sample of samples) {
      if (sample.body === null || sample.body === undefined) continue;
      const problems = validationOf(operation(sample.operationId, sample.api)).body(
        structuredClone(sample.body),
      );
      expect(
        problems.filter((problem) => !placeholder.test(problem.message)),
        sample.operationId,
      ).toEqual([]);
    }
  });

  it('reads lists in queries however clients write them', () => {
    const found = operations.find((one) =>
      one.parameters.some((p) => p.place === 'query' && p.schema['type'] === 'array'),
    );
    if (!found) throw new Error('no operation with a list in its query');
    const name =
      found.parameters.find((p) => p.place === 'query' && p.schema['type'] === 'array')?.name ?? '';
    const read = (query: object) => collectParameters(found, { params: {}, query, headers: {} }).query[name];
    expect(read({ [name]: 'a' })).toEqual(['a']);
    expect(read({ [name]: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(read({ [`${name}[]`]: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(read({ [`${name}[0][entity_id]`]: 'x', [`${name}[0][entity_schema]`]: 'contact' })).toEqual([
      expect.objectContaining({ entity_id: 'x', entity_schema: 'contact' }),
    ]);
    expect(read({ [name]: '[{"entity_id":"x"}]' })).toEqual([{ entity_id: 'x' }]);
  });
});
