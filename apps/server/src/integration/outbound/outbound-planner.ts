import { ExpressionError } from '@busbar/jsonata';
import type {
  DeliveryContent,
  DeliveryPlan,
  DeliveryPlanner,
  EmittedEvent,
  Expressions,
  PlannedDelivery,
} from '../../events/index.ts';
import { Grouped } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Tenant } from '../../storage/index.ts';
import { openTracking, type TrackingRecord } from '../tracking/tracking-store.ts';
import type { OutboundMapping } from './outbound-configuration.ts';
import { listOutboundUseCases, type OutboundUseCase } from './outbound-use-cases.ts';

/** Longest reason kept of an expression that failed. */
const MOST_MESSAGE = 500;

interface Planning {
  readonly expressions: Expressions;
  readonly clock: Clock;
}

/**
 * Turns catalog events into the deliveries of outbound use cases (erp-integration.md 10.1): every enabled mapping of every enabled use case of
 * the event gives one body; undefined or null gives none, and an expression that fails a failed delivery. Opens the tracking record of
 * the event when at least one body goes out (10.5).
 */
export function outboundPlanner({ expressions, clock }: Planning): DeliveryPlanner {
  // Events of one batch are planned side by side: they share what is read and written.
  const underWay = new Map<string, Promise<OutboundUseCase[]>>();
  const useCasesOf = (tenant: Tenant) => {
    const known = underWay.get(tenant.org);
    if (known) return known;
    const loading = listOutboundUseCases(tenant).finally(() => underWay.delete(tenant.org));
    underWay.set(tenant.org, loading);
    return loading;
  };

  const tracking = new WeakMap<Tenant, Grouped<TrackingRecord, undefined>>();
  const trackingOfTenant = (tenant: Tenant) => {
    const known = tracking.get(tenant);
    if (known) return known;
    const group = new Grouped<TrackingRecord, undefined>(async (records) => {
      await openTracking(tenant, records);
      return records.map(() => undefined);
    });
    tracking.set(tenant, group);
    return group;
  };

  return {
    name: 'outbound-use-case',
    async concerned(eventName, tenant) {
      const useCases = (await useCasesOf(tenant)).filter((useCase) => answersTo(useCase, eventName));
      return useCases.flatMap((useCase) =>
        enabledMappings(useCase).map((mapping) => destinationOf(useCase, mapping)),
      );
    },
    async plan(event, tenant) {
      const useCases = (await useCasesOf(tenant)).filter((useCase) => answersTo(useCase, event.name));
      const wanted: OutboundUseCase[] = [];
      for (const useCase of useCases) {
        if (await passes(useCase, event, tenant, expressions)) wanted.push(useCase);
      }
      const planned = await Promise.all(
        wanted.flatMap((useCase) =>
          enabledMappings(useCase).map(async (mapping) => ({
            useCase,
            delivery: await planDelivery(useCase, mapping, event, tenant, expressions),
          })),
        ),
      );
      const senders = planned.flatMap(({ useCase, delivery }) =>
        delivery?.content.kind === 'body' ? [useCase] : [],
      );
      const record = trackingOf(senders, event, clock.now());
      if (record) await trackingOfTenant(tenant).add(record);
      return planOf(
        planned.map(({ delivery }) => delivery),
        useCases,
      );
    },
  };
}

function answersTo({ enabled, configuration }: OutboundUseCase, eventName: string): boolean {
  return enabled && configuration?.eventName === eventName;
}

function enabledMappings({ configuration }: OutboundUseCase): OutboundMapping[] {
  return (configuration?.mappings ?? []).filter(({ enabled }) => enabled);
}

/** Webhooks of use cases whose filter leaves the event out are spoken for, too: their subscription would deliver what the filter forbids. */
function planOf(
  deliveries: readonly (PlannedDelivery | undefined)[],
  useCases: readonly OutboundUseCase[],
): DeliveryPlan {
  const webhooks = useCases.flatMap(enabledMappings).map(({ webhookId }) => webhookId);
  return {
    deliveries: deliveries.filter((delivery) => delivery !== undefined),
    webhooks: [...new Set(webhooks)],
  };
}

/** Whether the use case's own filter wants the event; one that fails wants nothing (contract, `event_filter`). */
async function passes(
  { configuration }: OutboundUseCase,
  event: EmittedEvent,
  tenant: Tenant,
  expressions: Expressions,
): Promise<boolean> {
  if (configuration?.eventFilter === undefined) return true;
  try {
    return await expressions.isTrue(tenant.org, configuration.eventFilter, event.body);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return false;
  }
}

async function planDelivery(
  useCase: OutboundUseCase,
  mapping: OutboundMapping,
  event: EmittedEvent,
  tenant: Tenant,
  expressions: Expressions,
): Promise<PlannedDelivery | undefined> {
  const content = await contentOf(mapping, event, tenant, expressions);
  return content && { ...destinationOf(useCase, mapping), content };
}

/** Where a mapping sends to, and how the delivery names it. */
function destinationOf(useCase: OutboundUseCase, mapping: OutboundMapping): Omit<PlannedDelivery, 'content'> {
  return {
    target: mapping.id,
    webhookId: mapping.webhookId,
    metadata: {
      integration_id: useCase.integrationId,
      use_case_id: useCase.id,
      use_case_name: useCase.name,
      mapping_id: mapping.id,
      mapping_name: mapping.name,
    },
  };
}

async function contentOf(
  { expression }: OutboundMapping,
  event: EmittedEvent,
  tenant: Tenant,
  expressions: Expressions,
): Promise<DeliveryContent | undefined> {
  try {
    const body = await expressions.evaluate(tenant.org, expression, event.body);
    return body === undefined || body === null ? undefined : { kind: 'body', body };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return {
      kind: 'failure',
      code: 'MAPPING_EXPRESSION_FAILED',
      message: error.message.slice(0, MOST_MESSAGE),
    };
  }
}

/** What is to be acknowledged of an event; undefined when nothing is sent, or nobody is to. */
function trackingOf(
  senders: readonly OutboundUseCase[],
  event: EmittedEvent,
  now: Date,
): TrackingRecord | undefined {
  const ackId = event.body['_ack_id'];
  const tracked = senders.filter(({ configuration }) => configuration?.tracked);
  if (tracked.length === 0 || typeof ackId !== 'string') return undefined;
  return {
    ackId,
    eventId: event.id,
    eventName: event.name,
    correlationId: event.correlationId,
    useCases: [...new Map(tracked.map((useCase) => [useCase.id, useCase])).values()].map(
      ({ id, integrationId }) => ({ use_case_id: id, integration_id: integrationId }),
    ),
    createdAt: now,
  };
}
