import { expect } from 'vitest';
import type { sdkClients } from './clients.ts';

/** What an operation answered. */
export interface Answer {
  readonly status: number;
  // Answers of 33 operations are looked into; what is expected of them is asserted, not typed.
  readonly data: Json;
}

interface Json {
  readonly [member: string]: Json;
  readonly [index: number]: Json;
}

type Parameters = object | string | null;

/** The operations of a client by their ids, for tests that say which status an operation must answer. */
export function erpClient(
  name: string,
  open: () => ReturnType<typeof sdkClients>['toolkit' | 'erp'],
): {
  /** Calls an operation as a user of the client does; a refusal is an answer, too. */
  call(operationId: string, parameters: Parameters, body?: unknown): Promise<Answer>;
  /** The body of an answer that has this status. */
  ok(answer: Promise<Answer>, status?: number): Promise<Json>;
  /** Expects a refusal, and that it names the place in the request. */
  refused(answer: Promise<Answer>, status: number, code: string, path?: string): Promise<void>;
} {
  return {
    async call(operationId, parameters, body) {
      const client = open();
      client.defaults.validateStatus = () => true;
      const operation: unknown = Reflect.get(client, operationId);
      if (typeof operation !== 'function') throw new Error(`${name} does not know ${operationId}`);
      return Reflect.apply(operation, client, body === undefined ? [parameters] : [parameters, body]);
    },
    async ok(answer, status = 200) {
      const { status: got, data } = await answer;
      expect(got, JSON.stringify(data)).toBe(status);
      return data;
    },
    async refused(answer, status, code, path) {
      const { status: got, data } = await answer;
      expect([got, String(data['code'])], JSON.stringify(data)).toEqual([status, code]);
      if (path !== undefined) expect(JSON.stringify(data['errors'])).toContain(path);
    },
  };
}
