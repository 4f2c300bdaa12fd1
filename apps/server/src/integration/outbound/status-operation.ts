import type { Operations } from '../../contract/operation-types.ts';
import { catalogEvent, disabledEvents, listConfigs } from '../../events/index.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { GrantCheck } from './outbound-platform.ts';
import { outboundStatus } from './outbound-status.ts';
import { listOutboundUseCases } from './outbound-use-cases.ts';

/** Whether the outbound use cases of an integration can do what they are for (erp-integration.md 10.7). */
export function statusOperation(access: GrantCheck): Operations<'integration-toolkit'> {
  return {
    async getOutboundStatus(call) {
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:view', `integration:${integrationId}`);
      const { id } = await getIntegration(call.tenant, integrationId);
      const useCases = await listOutboundUseCases(call.tenant);
      const names = useCases.flatMap(({ configuration }) => configuration?.eventName ?? []);
      const disabled = await disabledEvents(call.tenant, names);
      const webhooks = new Map((await listConfigs(call.tenant)).map((config) => [config.id, config]));
      const surroundings = {
        useCases,
        eventEnabled: (name: string) => (catalogEvent(name) ? !disabled.has(name) : undefined),
        webhook: (webhookId: string) => webhooks.get(webhookId),
      };
      return {
        useCases: useCases
          .filter((useCase) => useCase.integrationId === id)
          .map((useCase) => outboundStatus(useCase, surroundings)),
      };
    },
  };
}
