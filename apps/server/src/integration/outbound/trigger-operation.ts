import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TriggerErpActionRequest } from '@epilot/sdk/integration-toolkit';
import type { Operations } from '../../contract/operation-types.ts';
import { type Document, findEntity, isEntityId } from '../../entities/index.ts';
import { type Delivery, type Events, findConfig } from '../../events/index.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Clock } from '../../ports/index.ts';
import { invalid, Refusal } from '../../refusal.ts';
import type { Tenant } from '../../storage/index.ts';
import { insertMonitoringRows } from '../inbound/monitoring-row.ts';
import { openTracking } from '../tracking/tracking-store.ts';
import { automationPayload } from './automation-payload.ts';
import type { GrantCheck } from './outbound-platform.ts';
import { listOutboundUseCases, type OutboundUseCase } from './outbound-use-cases.ts';
import {
  claimTrigger,
  dropClaim,
  keepOutcome,
  type TriggerOutcome,
  triggerOutcome,
} from './trigger-store.ts';

interface TriggerPlatform {
  readonly access: GrantCheck;
  readonly clock: Clock;
  readonly events: Pick<Events, 'deliverNow'>;
}

/** What a message that no catalog event caused is called (contract, `QueryOutboundMonitoringEventsRequest.event_name`). */
const EVENT_NAME = 'automation_flow_target';
/** A second call for the same step waits for the first one: an attempt takes 30 seconds at most, a token exchange as much. */
const PAUSE_MS = 200;
const MOST_PAUSES = 350;

/** "Send to ERP", the action of automations (erp-integration.md 3.8). A delivery that fails is an answer, too. */
export function triggerOperation(platform: TriggerPlatform): Operations<'integration-toolkit'> {
  return {
    async triggerErp(call) {
      await platform.access.requireGrant(call, 'integration:manage');
      const { body, tenant } = call;
      if (body.org_id !== tenant.org)
        throw invalid({ path: 'body.org_id', message: 'is not the organisation of the caller' });
      if (!(await claimTrigger(tenant, body, platform.clock.now()))) return outcomeOfFirst(tenant, body);
      try {
        const outcome = await carryOut(platform, tenant, body, call.principal);
        await keepOutcome(tenant, body, outcome);
        return outcome;
      } catch (error) {
        if (error instanceof Refusal) await dropClaim(tenant, body);
        throw error;
      }
    },
  };
}

async function outcomeOfFirst(tenant: Tenant, body: TriggerErpActionRequest): Promise<TriggerOutcome> {
  for (let pause = 0; pause < MOST_PAUSES; pause += 1) {
    const outcome = await triggerOutcome(tenant, body);
    if (outcome) return outcome;
    await wait(PAUSE_MS);
  }
  throw new Refusal(503, 'TRIGGER_UNDER_WAY', 'The same step is being carried out', { retryAfter: 60 });
}

async function carryOut(
  { clock, events }: TriggerPlatform,
  tenant: Tenant,
  body: TriggerErpActionRequest,
  principal: Principal,
): Promise<TriggerOutcome> {
  const startedAt = clock.now();
  const webhook = await findConfig(tenant, body.webhook_id);
  if (!webhook) throw invalid({ path: 'body.webhook_id', message: 'names no webhook' }, 'WEBHOOK_NOT_FOUND');
  const entity = isEntityId(body.entity_id) ? await findEntity(tenant, body.entity_id) : undefined;
  if (!entity) throw invalid({ path: 'body.entity_id', message: 'names no entity' }, 'ENTITY_NOT_FOUND');
  const useCase = await useCaseOf(tenant, webhook.id);
  const ackId = useCase && wantsAcknowledgement(useCase, webhook.id) ? randomUUID() : undefined;
  const userId = principal.kind === 'user' ? principal.userId : undefined;
  const payload: Document = {
    ...(await automationPayload(tenant, body, entity, webhook, userId)),
    ...(ackId === undefined ? {} : { _ack_id: ackId }),
  };
  const delivery = await events.deliverNow(tenant, {
    webhookId: webhook.id,
    eventName: EVENT_NAME,
    body: payload,
    metadata: {
      correlation_id: body.execution_id,
      execution_id: body.execution_id,
      action_id: body.action_id,
      flow_id: body.flow_id,
      flow_action_id: body.flow_action_id,
      activity_id: body.activity_id,
      entity_id: body.entity_id,
    },
  });
  if (useCase) await record({ tenant, body, useCase, ackId, delivery, startedAt, endedAt: clock.now() });
  return answerOf(delivery);
}

/** The oldest enabled use case that sends to a webhook: in its integration's monitoring the action appears. */
async function useCaseOf(tenant: Tenant, webhookId: string): Promise<OutboundUseCase | undefined> {
  const useCases = await listOutboundUseCases(tenant);
  return useCases.find(
    ({ enabled, configuration }) =>
      enabled &&
      configuration?.mappings.some((mapping) => mapping.enabled && mapping.webhookId === webhookId),
  );
}

/** Whether messages to this webhook are acknowledged: its mapping hands the id on. */
function wantsAcknowledgement({ configuration }: OutboundUseCase, webhookId: string): boolean {
  return (
    configuration?.tracked === true &&
    configuration.mappings.some(
      (mapping) => mapping.webhookId === webhookId && /\b_ack_id\b/.test(mapping.expression),
    )
  );
}

interface Carried {
  readonly tenant: Tenant;
  readonly body: TriggerErpActionRequest;
  readonly useCase: OutboundUseCase;
  readonly ackId: string | undefined;
  readonly delivery: Delivery;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

async function record(carried: Carried): Promise<void> {
  const { tenant, body, useCase, ackId, delivery, startedAt, endedAt } = carried;
  const succeeded = delivery.status === 'succeeded';
  await tenant.transaction(async (transaction) => {
    if (ackId !== undefined) {
      const record = {
        ackId,
        eventId: delivery.id,
        eventName: EVENT_NAME,
        correlationId: body.execution_id,
        useCases: [{ use_case_id: useCase.id, integration_id: useCase.integrationId }],
        createdAt: endedAt,
      };
      await openTracking(transaction, [record]);
    }
    await insertMonitoringRows(transaction, [
      {
        integrationId: useCase.integrationId,
        completedAt: endedAt,
        eventId: delivery.id,
        correlationId: body.execution_id,
        useCaseId: useCase.id,
        eventType: 'TRIGGER',
        objectType: EVENT_NAME,
        syncType: 'webhook',
        status: succeeded ? 'success' : 'error',
        problem: succeeded
          ? undefined
          : {
              code: delivery.httpResponse?.code ?? 'EXTERNAL_API_ERROR',
              message: delivery.httpResponse?.message ?? 'The delivery failed',
              category: 'downstream_api',
            },
        durationMs: Math.max(0, endedAt.getTime() - startedAt.getTime()),
        receivedAt: startedAt,
      },
    ]);
  });
}

function answerOf({ id, status, httpResponse }: Delivery): TriggerOutcome {
  const { status_code, message, body, code, start_date, end_date } = httpResponse ?? { message: '' };
  return {
    ...(status_code === undefined ? {} : { status_code: String(status_code) }),
    message,
    ...(body === undefined ? {} : { body }),
    ...(code === undefined ? {} : { code }),
    status: status === 'succeeded' ? 'succeeded' : 'failed',
    ...(start_date === undefined ? {} : { start_date }),
    ...(end_date === undefined ? {} : { end_date }),
    event_id: id,
  };
}
