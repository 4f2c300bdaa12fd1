import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';

interface Vector {
  readonly name: string;
  readonly operation: 'simulateMapping' | 'simulateMappingV2';
  readonly request: object;
  readonly expected: Record<string, unknown> & { readonly status: number };
}

const folder = new URL('../../../../../packages/mapping/golden/vectors/', import.meta.url);
const PATHS = {
  simulateMapping: '/v1/erp/updates/mapping_simulation',
  simulateMappingV2: '/v2/erp/updates/mapping_simulation',
};

function pairs(warnings: unknown): string[] {
  const list: readonly TestJson[] = Array.isArray(warnings) ? warnings : [];
  return list.map((warning) => `${warning['entity_schema']}.${warning['field']}`).sort();
}

describe('the simulation endpoints and the golden vectors', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    token = (await server.organisation()).token;
  });

  for (const file of readdirSync(folder)) {
    const { name, operation, request, expected }: Vector = JSON.parse(
      readFileSync(new URL(file, folder), 'utf8'),
    );
    it(name, async () => {
      const answer = await server.request('POST', PATHS[operation], { token, body: request });
      expect(answer.status, JSON.stringify(answer.body)).toBe(expected.status);
      if (expected.status !== 200) return;
      for (const [member, value] of Object.entries(expected)) {
        if (member === 'status') continue;
        if (member === 'warnings') expect(pairs(answer.body['warnings'])).toEqual(pairs(value));
        else expect(answer.body[member]).toMatchObject(Array.isArray(value) ? value : {});
      }
    });
  }
});
