import type { Tenant } from '../../storage/index.ts';
import { catalogNameOf } from '../catalog/catalog.ts';
import type { Expressions } from '../expressions.ts';
import type { EmittedEvent } from '../outbox/catalog-envelope.ts';
import type { DeliveryContent, DeliveryPlan, DeliveryPlanner } from '../outbox/delivery-planner.ts';
import type { WebhookConfig } from './webhook-config.ts';

/** The planner for webhooks that name the event themselves; their own JSONata makes the body, otherwise the event is the body. */
export const SUBSCRIPTIONS = 'subscription';

/** Makes the planner of the own subscriptions of an organisation's webhooks. */
export function subscriptionPlanner(
  expressions: Expressions,
  configs: readonly WebhookConfig[],
): DeliveryPlanner {
  const subscribedTo = (name: string) =>
    configs.filter(({ enabled, eventName }) => enabled && catalogNameOf(eventName) === name);
  return {
    name: SUBSCRIPTIONS,
    async concerned(eventName) {
      return subscribedTo(eventName).map(({ id }) => ({ target: id, webhookId: id }));
    },
    async plan(event: EmittedEvent, tenant: Tenant): Promise<DeliveryPlan> {
      const subscribed = subscribedTo(event.name);
      const contents = await Promise.all(
        subscribed.map(async (config) => ({
          config,
          content: await contentFor(tenant.org, config, event, expressions),
        })),
      );
      const deliveries = contents.flatMap(({ config, content }) =>
        content ? [{ target: config.id, webhookId: config.id, content }] : [],
      );
      return { deliveries, webhooks: subscribed.map(({ id }) => id) };
    },
  };
}

/** Undefined when the webhook's expression yields nothing: then nothing is sent. */
async function contentFor(
  org: string,
  { definition }: WebhookConfig,
  event: EmittedEvent,
  expressions: Expressions,
): Promise<DeliveryContent | undefined> {
  if (!definition.jsonataExpression) return { kind: 'body', body: event.body };
  try {
    const body = await expressions.evaluate(org, definition.jsonataExpression, event.body);
    return body === undefined || body === null ? undefined : { kind: 'body', body };
  } catch (error) {
    return { kind: 'failure', code: 'MAPPING_EXPRESSION_FAILED', message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'The expression failed';
}
