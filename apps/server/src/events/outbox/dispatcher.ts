import type { Job, Queue } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Tenant } from '../../storage/index.ts';
import type { Expressions } from '../expressions.ts';
import { listConfigs } from '../webhooks/config-store.ts';
import { plannedDeliveryId } from '../webhooks/delivery-id.ts';
import { addPlannedDeliveries, type NewDelivery } from '../webhooks/delivery-store.ts';
import { wantsEvent } from '../webhooks/filter-conditions.ts';
import { SUBSCRIPTIONS, subscriptionPlanner } from '../webhooks/subscription-planner.ts';
import type { WebhookConfig } from '../webhooks/webhook-config.ts';
import { DISPATCH_QUEUE, type EmittedEvent } from './catalog-envelope.ts';
import type { DeliveryContent, DeliveryPlanner, PlannedDelivery } from './delivery-planner.ts';
import { loadEvents } from './event-store.ts';

/** Events that one statement turns into deliveries. */
const BATCH = 200;

interface Dispatching {
  readonly clock: Clock;
  readonly expressions: Expressions;
  /** Asked in this order; the webhooks' own subscriptions come last and leave out what the others speak for. */
  readonly planners: readonly DeliveryPlanner[];
}

/** Turns events into deliveries, in the order in which they arose (erp-integration.md 10.1). */
export class Dispatcher {
  readonly #clock: Clock;
  readonly #expressions: Expressions;
  readonly #planners: readonly DeliveryPlanner[];

  constructor({ clock, expressions, planners }: Dispatching) {
    const names = [...planners.map(({ name }) => name), SUBSCRIPTIONS];
    if (new Set(names).size !== names.length) throw new Error('Two delivery planners have the same name');
    this.#clock = clock;
    this.#expressions = expressions;
    this.#planners = planners;
  }

  /** The queue of events that wait to be dispatched; one lane per organisation. */
  get queue(): Queue {
    return {
      name: DISPATCH_QUEUE,
      concurrency: 4,
      batchSize: BATCH,
      attempts: 20,
      batchHandler: async (jobs, { tenant, ending }) => {
        const [events, configs] = await Promise.all([
          loadEvents(tenant, jobs.map(eventIdOf)),
          listConfigs(tenant),
        ]);
        const planned = await Promise.all(events.map((event) => this.#plan(event, tenant, configs)));
        const deliveries = planned.flat();
        if (deliveries.length > 0) await addPlannedDeliveries(tenant, deliveries, this.#clock.now(), ending);
      },
    };
  }

  /** The deliveries that an event leads to with today's configuration; the same ones, with the same ids, whenever it is asked again. */
  async plan(event: EmittedEvent, tenant: Tenant): Promise<NewDelivery[]> {
    return this.#plan(event, tenant, await listConfigs(tenant));
  }

  /** Failed deliveries for all that events concern by their names, which could not be planned. */
  async failures(
    events: readonly EmittedEvent[],
    tenant: Tenant,
    reason: (event: EmittedEvent) => { readonly code: string; readonly message: string },
  ): Promise<NewDelivery[]> {
    const all = await listConfigs(tenant);
    const configs = new Map(all.map((config) => [config.id, config]));
    const planners = [...this.#planners, subscriptionPlanner(this.#expressions, all)];
    const failed = events.map(async (event) => {
      const spokenFor = new Set<string>();
      const deliveries: NewDelivery[] = [];
      for (const planner of planners) {
        const concerned = await planner.concerned(event.name, tenant);
        for (const planned of concerned) {
          const config = configs.get(planned.webhookId);
          if (!config?.enabled || spokenFor.has(config.id)) continue;
          deliveries.push(
            newDelivery(event, planner.name, planned, config, { kind: 'failure', ...reason(event) }),
          );
        }
        for (const { webhookId } of concerned) spokenFor.add(webhookId);
      }
      return deliveries;
    });
    return (await Promise.all(failed)).flat();
  }

  async #plan(event: EmittedEvent, tenant: Tenant, all: readonly WebhookConfig[]): Promise<NewDelivery[]> {
    const configs = new Map(all.map((config) => [config.id, config]));
    const spokenFor = new Set<string>();
    const deliveries: NewDelivery[] = [];
    for (const planner of [...this.#planners, subscriptionPlanner(this.#expressions, all)]) {
      const plan = await planner.plan(event, tenant);
      for (const planned of plan.deliveries) {
        const config = configs.get(planned.webhookId);
        if (!config?.enabled || spokenFor.has(config.id)) continue;
        const content = await this.#filtered(tenant, config, event, planned);
        if (content) deliveries.push(newDelivery(event, planner.name, planned, config, content));
      }
      for (const webhook of plan.webhooks) spokenFor.add(webhook);
    }
    return deliveries;
  }

  /** Undefined when the webhook's own conditions do not want the event. */
  async #filtered(
    tenant: Tenant,
    config: WebhookConfig,
    event: EmittedEvent,
    planned: PlannedDelivery,
  ): Promise<DeliveryContent | undefined> {
    try {
      return (await wantsEvent(tenant.org, config.definition, event.body, this.#expressions))
        ? planned.content
        : undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message.slice(0, 500) : 'The condition failed';
      return { kind: 'failure', code: 'CONDITION_EXPRESSION_FAILED', message };
    }
  }
}

function newDelivery(
  event: EmittedEvent,
  planner: string,
  planned: Omit<PlannedDelivery, 'content'>,
  config: WebhookConfig,
  content: DeliveryContent,
): NewDelivery {
  return {
    id: plannedDeliveryId(event.createdAt, event.id, planner, planned.target),
    webhookId: config.id,
    eventName: event.name,
    eventId: event.id,
    status: content.kind === 'body' ? 'pending' : 'failed',
    createdAt: event.createdAt,
    url: config.definition.url ?? '',
    httpMethod: config.definition.httpMethod ?? 'POST',
    payload: content.kind === 'body' ? JSON.stringify(content.body) : undefined,
    httpResponse: content.kind === 'failure' ? { code: content.code, message: content.message } : undefined,
    metadata: {
      ...planned.metadata,
      webhook_id: config.id,
      webhook_name: config.name,
      correlation_id: event.correlationId,
      event_id: event.id,
      planner,
      target: planned.target,
    },
  };
}

function eventIdOf(job: Job): string {
  const { payload } = job;
  if (
    typeof payload === 'object' &&
    payload !== null &&
    'eventId' in payload &&
    typeof payload.eventId === 'string'
  )
    return payload.eventId;
  throw new Error(`Job ${job.id} names no event`);
}
