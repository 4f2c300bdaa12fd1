import {
  type Document,
  type Entity,
  entityDocument,
  entityDocuments,
  findEntities,
  hydrate,
  isDocument,
  listRelations,
  readActivity,
  schemasOf,
  withProposedValues,
} from '../../entities/index.ts';
import type { WebhookConfig } from '../../events/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

/** The automation step that asks for a delivery (contract: `TriggerErpActionRequest`). */
export interface AutomationStep {
  readonly execution_id: string;
  readonly created_at: string;
  readonly action_id: string;
  readonly flow_action_id: string;
  readonly flow_name: string;
  readonly activity_id: string;
}

/** Relations that go into one message. */
const MOST_RELATIONS = 100;

/**
 * The message of an automation to a webhook (erp-integration.md 10.6). Which optional parts it has follows from the webhook's payload
 * configuration; an activity that is unknown is left out. `userId` is who caused it, if a person did.
 */
export async function automationPayload(
  queries: TenantQueries,
  step: AutomationStep,
  entity: Entity,
  webhook: WebhookConfig,
  userId: string | undefined,
): Promise<Document> {
  const wants = webhook.definition.payloadConfiguration ?? {};
  const activity =
    wants.include_activity || wants.include_changed_attributes
      ? await readActivity(queries, step.activity_id)
      : undefined;
  const changed = activity && changedAttributes(activity, entity.id);
  return {
    metadata: {
      action: step.flow_action_id,
      origin: 'automation',
      creation_timestamp: step.created_at,
      webhook_id: webhook.id,
      webhook_name: webhook.name,
      automation_name: step.flow_name,
      organization_id: queries.org,
      ...(userId === undefined ? {} : { user_id: userId }),
      correlation_id: step.execution_id,
      execution_id: step.execution_id,
      action_id: step.action_id,
    },
    entity: await shownEntity(queries, entity, wants),
    ...(wants.include_relations ? { relations: await relationsOf(queries, entity.id) } : {}),
    ...(wants.include_activity && activity ? { activity } : {}),
    ...(wants.include_changed_attributes && changed ? { changed_attributes: changed } : {}),
  };
}

async function shownEntity(
  queries: TenantQueries,
  entity: Entity,
  wants: { readonly apply_changesets?: boolean | undefined; readonly hydrate_entity?: boolean | undefined },
): Promise<Document> {
  const schemas = await schemasOf(queries);
  const whole = entityDocument(entity, schemas);
  const wire = wants.apply_changesets ? withProposedValues(whole) : whole;
  if (!wants.hydrate_entity) return wire;
  const [hydrated = wire] = await hydrate(queries, [wire], (related) => entityDocument(related, schemas));
  return hydrated;
}

/** The related entities, in either direction, each with the attribute and tags that relate it. */
async function relationsOf(queries: TenantQueries, id: string): Promise<Document[]> {
  const page = { direction: 'both', from: 0, size: MOST_RELATIONS } as const;
  const { relations } = await listRelations(queries, id, page);
  const entities = await findEntities(
    queries,
    relations.map(({ entity_id }) => entity_id),
  );
  const documents = await entityDocuments(queries, entities);
  const byId = new Map(entities.map((entity, at) => [entity.id, documents[at]]));
  return relations.map((relation) => {
    return { ...byId.get(relation.entity_id), $relation: relation };
  });
}

/** What the activity did to the entity: `{ added, updated, deleted }`; undefined when it did nothing. */
function changedAttributes(activity: Document, entityId: string): unknown {
  const { operations } = activity;
  const own: unknown[] = Array.isArray(operations) ? operations : [];
  const operation = own.filter(isDocument).findLast(({ entity }) => entity === entityId);
  return operation?.['diff'];
}
