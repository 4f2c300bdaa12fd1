import type { Operations } from '../contract/operation-types.ts';
import type { Queue, RecurringTask } from '../jobs/index.ts';
import type { Egress } from '../ports/index.ts';
import { EventIntake } from './inbound/event-intake.ts';
import { eventOperations } from './inbound/event-operations.ts';
import { ingestionOperations } from './inbound/ingestion-operations.ts';
import { inboundMonitoringOperations } from './inbound/monitoring-operations.ts';
import { inboundRetention } from './inbound/retention.ts';
import { appMappingOperations } from './integrations/app-mapping-operations.ts';
import { integrationOperations } from './integrations/integration-operations.ts';
import { inboundQueue } from './pipeline/drain-integration.ts';
import type { IntegrationPlatform } from './platform.ts';
import type { FindSecureRoute } from './secure-proxy/find-secure-route.ts';
import { secureProxyOperations } from './secure-proxy/secure-proxy-operations.ts';
import { simulationOperations } from './simulation/simulation-operations.ts';
import { syncStatusOperation } from './syncing/sync-status-operation.ts';
import { useCaseOperations } from './use-cases/use-case-operations.ts';

/** What the integration domain offers to the server. */
export interface Integrations {
  readonly operations: readonly Operations<'integration-toolkit'>[];
  readonly queues: readonly Queue[];
  readonly recurring: readonly RecurringTask[];
}

/** Builds the integration domain: integrations, use cases, and the way of inbound events. */
export function createIntegrations(
  platform: IntegrationPlatform & { readonly egress: Egress; readonly secureRoute: FindSecureRoute },
): Integrations {
  const intake = new EventIntake(platform);
  return {
    operations: [
      integrationOperations(platform),
      useCaseOperations(platform),
      appMappingOperations(platform),
      ingestionOperations(platform, intake),
      eventOperations(platform, intake),
      inboundMonitoringOperations(platform),
      simulationOperations(platform),
      secureProxyOperations(platform),
      syncStatusOperation(platform.access),
    ],
    queues: [inboundQueue(platform)],
    recurring: [inboundRetention(platform)],
  };
}
