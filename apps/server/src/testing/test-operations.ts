import fastify, { type FastifyInstance } from 'fastify';
import { collectHandlers, type OperationSets } from '../composition/handlers.ts';
import { loadContract } from '../contract/openapi-document.ts';
import type { Api } from '../contract/operation-types.ts';
import { validationFor } from '../contract/validation.ts';
import { sendError } from '../http/error-response.ts';
import { registerOperation } from '../http/operation-route.ts';
import type { TestGround } from './test-identity.ts';

/**
 * A server with a few operations of the published contracts. Operations without a handler here answer the principal they were called by, so
 * that tests see who the server thinks is calling.
 */
export async function testOperations(
  { database, identity }: TestGround,
  operations: Partial<Record<Api, readonly string[]>>,
  sets: OperationSets = {},
): Promise<FastifyInstance> {
  const app = fastify();
  app.decorateRequest('principal', undefined);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  for (const [api, ids] of Object.entries(operations)) {
    const contract = await loadContract(api as Api);
    const handlers = collectHandlers(sets, contract.operations);
    const validationOf = validationFor(contract);
    for (const operation of contract.operations.filter(({ operationId }) => ids.includes(operationId))) {
      const handler = handlers.get(`${operation.api} ${operation.operationId}`);
      registerOperation(app, operation, handler ?? (async (call) => call.principal), {
        database,
        authenticate: identity.authenticate,
        validationOf,
        checkResponses: handler !== undefined,
      });
    }
  }
  return app;
}
