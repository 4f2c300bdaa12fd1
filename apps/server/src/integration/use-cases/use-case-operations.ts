import type { Operations } from '../../contract/operation-types.ts';
import { notFound } from '../../refusal.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { changedBy } from './changed-by.ts';
import { changeUseCase, createUseCase, slugsOf, useCaseInput } from './save-use-case.ts';
import { useCaseToWire } from './use-case.ts';
import { readHistory } from './use-case-history.ts';
import { getUseCase, listUseCases, removeUseCases } from './use-case-store.ts';

/** Use cases one by one, and their history (erp-integration.md 3.5). */
export function useCaseOperations({ access, clock }: IntegrationPlatform): Operations<'integration-toolkit'> {
  return {
    async listUseCases(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:view', `integration:${integrationId}`);
      await getIntegration(call.tenant, integrationId);
      return { use_cases: (await listUseCases(call.tenant, [integrationId])).map(useCaseToWire) };
    },

    async createUseCase(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      const { id: _given, ...input } = useCaseInput(call.body, 'body', changedBy(call.principal));
      return call.tenant.transaction(async (tx) => {
        await getIntegration(tx, integrationId, 'for update');
        const taken = slugsOf(await listUseCases(tx, [integrationId]));
        return useCaseToWire(await createUseCase(tx, integrationId, input, taken, clock.now()));
      });
    },

    async getUseCase(call) {
      const { integrationId, useCaseId } = call.parameters;
      await access.requireGrant(call, 'integration:view', `integration:${integrationId}`);
      return useCaseToWire(await getUseCase(call.tenant, integrationId, useCaseId));
    },

    async updateUseCase(call) {
      const { integrationId, useCaseId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      const input = useCaseInput(call.body, 'body', changedBy(call.principal));
      return call.tenant.transaction(async (tx) => {
        await getIntegration(tx, integrationId, 'for update');
        const stored = await getUseCase(tx, integrationId, useCaseId);
        const siblings = (await listUseCases(tx, [integrationId])).filter(({ id }) => id !== stored.id);
        return useCaseToWire(await changeUseCase(tx, stored, input, slugsOf(siblings), clock.now()));
      });
    },

    async deleteUseCase(call) {
      const { integrationId, useCaseId } = call.parameters;
      await access.requireGrant(call, 'integration:manage', `integration:${integrationId}`);
      const removed = await removeUseCases(call.tenant, integrationId, [useCaseId]);
      if (removed === 0) throw notFound('The use case', 'USE_CASE_NOT_FOUND');
      return { message: 'Use case deleted' };
    },

    async listUseCaseHistory(call) {
      const { integrationId, useCaseId, cursor } = call.parameters;
      await access.requireGrant(call, 'integration:view', `integration:${integrationId}`);
      await getUseCase(call.tenant, integrationId, useCaseId);
      const { history, next } = await readHistory(call.tenant, useCaseId, cursor);
      return { history, ...(next === undefined ? {} : { next_cursor: next }) };
    },
  };
}
