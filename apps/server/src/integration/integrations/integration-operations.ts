import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { IntegrationPlatform } from '../platform.ts';
import { changedBy } from '../use-cases/changed-by.ts';
import { replaceUseCases } from '../use-cases/replace-use-cases.ts';
import { useCaseToWire } from '../use-cases/use-case.ts';
import { listUseCases } from '../use-cases/use-case-store.ts';
import { type Integration, toWire } from './integration.ts';
import { getIntegration, listIntegrations, removeIntegration } from './integration-store.ts';
import { changeIntegration, createIntegration } from './save-integration.ts';

/** Integrations, alone (v1) and with their use cases (v2): erp-integration.md 3.4. */
export function integrationOperations({
  access,
  clock,
}: IntegrationPlatform): Operations<'integration-toolkit'> {
  const view = (call: Call<object>, id: string) =>
    access.requireGrant(call, 'integration:view', `integration:${id}`);
  const manage = (call: Call<object>, id: string) =>
    access.requireGrant(call, 'integration:manage', `integration:${id}`);

  async function remove(call: Call<{ readonly integrationId: string }>) {
    const { integrationId } = call.parameters;
    await manage(call, integrationId);
    if (!(await removeIntegration(call.tenant, integrationId)))
      throw notFound('The integration', 'INTEGRATION_NOT_FOUND');
    return { message: 'Integration deleted' };
  }

  return {
    async listIntegrations(call) {
      await access.requireGrant(call, 'integration:view');
      return { integrations: (await listIntegrations(call.tenant)).map(toWire) };
    },

    async createIntegration(call) {
      await access.requireGrant(call, 'integration:manage');
      const { body } = call;
      return call.tenant.transaction(async (tx) => toWire(await createIntegration(tx, body, clock.now())));
    },

    async getIntegration(call) {
      await view(call, call.parameters.integrationId);
      return toWire(await getIntegration(call.tenant, call.parameters.integrationId));
    },

    async updateIntegration(call) {
      const { integrationId } = call.parameters;
      await manage(call, integrationId);
      return call.tenant.transaction(async (tx) =>
        toWire(await changeIntegration(tx, integrationId, call.body, clock.now())),
      );
    },

    deleteIntegration: remove,

    async listIntegrationsV2(call) {
      await access.requireGrant(call, 'integration:view');
      return { integrations: await withUseCases(call.tenant, await listIntegrations(call.tenant)) };
    },

    async createIntegrationV2(call) {
      await access.requireGrant(call, 'integration:manage');
      const { body } = call;
      return call.tenant.transaction(async (tx) => {
        const integration = await createIntegration(tx, body, clock.now());
        await replaceUseCases(
          tx,
          integration.id,
          body.use_cases ?? [],
          changedBy(call.principal),
          clock.now(),
        );
        return oneWithUseCases(tx, integration);
      });
    },

    async getIntegrationV2(call) {
      await view(call, call.parameters.integrationId);
      return oneWithUseCases(call.tenant, await getIntegration(call.tenant, call.parameters.integrationId));
    },

    async updateIntegrationV2(call) {
      const { integrationId } = call.parameters;
      await manage(call, integrationId);
      const { body } = call;
      return call.tenant.transaction(async (tx) => {
        const integration = await changeIntegration(tx, integrationId, body, clock.now());
        // Without the list they stay: the guides rename integrations this way.
        if (body.use_cases)
          await replaceUseCases(tx, integrationId, body.use_cases, changedBy(call.principal), clock.now());
        return oneWithUseCases(tx, integration);
      });
    },

    deleteIntegrationV2: remove,
  };
}

async function withUseCases(queries: TenantQueries, integrations: readonly Integration[]): Promise<object[]> {
  const useCases = await listUseCases(
    queries,
    integrations.map(({ id }) => id),
  );
  const byIntegration = Map.groupBy(useCases, ({ integrationId }) => integrationId);
  return integrations.map((integration) => ({
    ...toWire(integration),
    use_cases: (byIntegration.get(integration.id) ?? []).map(useCaseToWire),
  }));
}

async function oneWithUseCases(queries: TenantQueries, integration: Integration): Promise<unknown> {
  const [wire] = await withUseCases(queries, [integration]);
  return wire;
}
