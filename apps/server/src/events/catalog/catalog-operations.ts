import type { Operations } from '../../contract/operation-types.ts';
import type { Principal } from '../../identity/principal.ts';
import { forbidden, invalid, notFound, type Problem } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { emitEvent } from '../outbox/emit-event.ts';
import { hydrateEvent } from '../outbox/hydrate-event.ts';
import { loadEntities } from '../outbox/neighbours.ts';
import type { EventsPlatform } from '../platform.ts';
import { CATALOG, catalogEvent } from './catalog.ts';
import type { CatalogEvent } from './catalog-event.ts';
import { disabledEvents, setEventEnabled } from './event-settings.ts';
import { exampleOf, toEventConfig } from './event-wire.ts';
import { fieldProblems } from './field-rules.ts';

/** The event catalog (contract `event-catalog`, spec/entities.md §11, §12). */
export function catalogOperations({ clock, access }: EventsPlatform): Operations<'event-catalog'> {
  return {
    async listEvents(call) {
      await access.requireGrant(call, 'event:view');
      const disabled = await disabledEvents(
        call.tenant,
        CATALOG.map(({ name }) => name),
      );
      return { results: CATALOG.map((event) => toEventConfig(event, !disabled.has(event.name))) };
    },

    async patchEvent(call) {
      await access.requireGrant(call, 'event:edit');
      const event = existing(call.parameters.event_name);
      const refused = ['auto_trigger', 'success_criteria'].filter((name) => name in call.body);
      if (refused.length > 0)
        throw invalid(refused.map((name) => ({ path: `body.${name}`, message: 'is not supported' })));
      if (call.body.enabled !== undefined)
        await setEventEnabled(call.tenant, event.name, call.body.enabled, clock.now());
      const disabled = await disabledEvents(call.tenant, [event.name]);
      return toEventConfig(event, !disabled.has(event.name));
    },

    async getEventExample(call) {
      await access.requireGrant(call, 'event:view');
      const event = existing(call.parameters.event_name);
      const version = call.parameters['Epilot-Event-Version'];
      if (version !== undefined && version !== event.version) throw notFound('The version of the event');
      return exampleOf(event, call.tenant.org, clock.now());
    },

    async triggerEvent(call) {
      await access.requireGrant(call, 'event:trigger');
      const event = existing(call.parameters.event_name);
      const { seed, fields = {}, skip_hydration: skip = [] } = call.body;
      const problems = fieldProblems(event, fields);
      if (problems.length > 0) throw invalid(problems);
      const hydrated = await hydrate(call.tenant, event, seed, new Set(skip));
      const emitted = await call.tenant.transaction((transaction) =>
        emitEvent(
          transaction,
          {
            name: event.name,
            payload: { ...hydrated, ...fields },
            sourceType: call.body._trigger_source_type ?? 'api',
            source: call.body._trigger_source ?? callerOf(call.principal),
          },
          clock.now(),
        ),
      );
      if (!emitted) throw forbidden('The event is disabled for this organisation');
      return { success: true, event_id: emitted.id };
    },
  };
}

function existing(name: string): CatalogEvent {
  const event = catalogEvent(name);
  if (!event) throw notFound('The event');
  return event;
}

async function hydrate(
  tenant: TenantQueries,
  event: CatalogEvent,
  seed: { readonly entity_id: string; readonly node_id: string } | undefined,
  skip: ReadonlySet<string>,
): Promise<Record<string, unknown>> {
  if (!event.graph) return {};
  if (!seed) throw invalid({ path: 'body.seed', message: 'is required for this event' });
  const node = event.graph.nodes.find(({ id }) => id === seed.node_id);
  if (!node) throw invalid({ path: 'body.seed.node_id', message: 'is no node of this event' });
  const problem: Problem = { path: 'body.seed.entity_id', message: `is no ${node.schemas.join(' or ')}` };
  const entities = await loadEntities(tenant, [seed.entity_id]);
  if (!entities.some((entity) => node.schemas.some((schema) => schema === entity['_schema'])))
    throw invalid(problem);
  return hydrateEvent(tenant, event.graph, { node: node.id, entities }, skip);
}

/** Who triggered the event, as consumers may see it. */
function callerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.userId;
    case 'portal_user':
      return principal.email;
    case 'anonymous':
      return 'anonymous';
    default:
      return principal.tokenId;
  }
}
