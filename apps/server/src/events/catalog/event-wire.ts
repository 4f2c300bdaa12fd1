import { randomUUID } from 'node:crypto';
import { newUlid } from '../../ports/index.ts';
import type { CatalogEvent } from './catalog-event.ts';

/** The contract's `EventConfig`. */
export function toEventConfig(event: CatalogEvent, enabled: boolean): Record<string, unknown> {
  const { trigger, graph, calledFor = false } = event;
  return {
    event_name: event.name,
    event_title: event.title,
    event_description: event.description,
    event_version: event.version,
    event_status: enabled ? 'active' : 'disabled',
    event_tags: event.tags,
    event_origin: 'builtin',
    enabled,
    auto_trigger: !calledFor,
    automation_trigger: false,
    api_trigger: true,
    schema_fields: schemaFields(event),
    ...(graph
      ? {
          entity_graph: {
            nodes: graph.nodes.map(({ id, schemas, cardinality }) => ({
              id,
              schema: schemas[0],
              cardinality,
            })),
            edges: graph.edges,
          },
        }
      : {}),
    ...(trigger
      ? {
          entity_operation: {
            operation: trigger.operations,
            schema: trigger.schemas,
            ...(trigger.attributes ? { attribute: trigger.attributes } : {}),
          },
        }
      : {}),
  };
}

/** Fields and graph nodes: the contract shows both as fields of the payload. */
function schemaFields({ fields, graph }: CatalogEvent): Record<string, unknown> {
  return Object.fromEntries([
    ...Object.entries(fields).map(([name, { schema, required = false }]) => [
      name,
      { json_schema: schema, required },
    ]),
    ...(graph?.nodes ?? []).map(({ id, schemas }) => [id, { entity_schema: schemas[0], required: false }]),
  ]);
}

/** A complete sample event of an organisation, to try a mapping with. */
export function exampleOf(event: CatalogEvent, org: string, now: Date): Record<string, unknown> {
  return {
    ...event.example,
    _org_id: org,
    _event_time: now.toISOString(),
    _event_id: newUlid(now),
    _event_name: event.name,
    _event_version: event.version,
    _event_source: 'api',
    _ack_id: randomUUID(),
  };
}
