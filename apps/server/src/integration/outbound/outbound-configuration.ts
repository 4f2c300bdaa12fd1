import { randomUUID } from 'node:crypto';
import { ExpressionError, parseExpression } from '@busbar/jsonata';
import type { Problem } from '../../refusal.ts';

/** One way of an event to one webhook (erp-integration.md 1.8). */
export interface OutboundMapping {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** JSONata; its input is the whole event. */
  readonly expression: string;
  readonly webhookId: string;
  /** What the client stored as the webhook's name, for display when the webhook is gone. */
  readonly webhookName: string | undefined;
}

/** What an outbound use case does. */
export interface OutboundConfiguration {
  /** The catalog event, by its exact name. */
  readonly eventName: string;
  /** JSONata predicate on the event; the use case leaves out events for which it is not true. */
  readonly eventFilter: string | undefined;
  /** Whether receipt is to be acknowledged. */
  readonly tracked: boolean;
  readonly mappings: readonly OutboundMapping[];
}

type Configuration = Readonly<Record<string, unknown>>;

/** Reads a stored configuration; undefined when the use case has none that could be used. */
export function readOutboundConfiguration(
  configuration: Configuration | undefined,
): OutboundConfiguration | undefined {
  const eventName = text(configuration?.['event_catalog_event']);
  if (!configuration || !eventName) return undefined;
  return {
    eventName,
    eventFilter: text(configuration['event_filter']),
    tracked: configuration['ack_tracking'] !== 'off',
    mappings: mappingsOf(configuration).map((mapping) => {
      const delivery = asObject(mapping['delivery']);
      return {
        id: text(mapping['id']) ?? '',
        name: text(mapping['name']) ?? '',
        enabled: mapping['enabled'] !== false,
        expression: text(mapping['jsonata_expression']) ?? '',
        webhookId: text(delivery['webhook_id']) ?? '',
        webhookName: text(delivery['webhook_name']),
      };
    }),
  };
}

/**
 * What is wrong with an outbound configuration that is about to be saved (erp-integration.md 10.1): no event, no mapping, unknown deliveries,
 * ids that occur twice, expressions that cannot be parsed (with their position). `path` is where it stands in the request body. Whether
 * webhook and event exist is no matter here; the outbound status tells.
 */
export function outboundProblems(configuration: Configuration, path: string): Problem[] {
  const mappings = mappingsOf(configuration);
  return [
    ...(text(configuration['event_catalog_event'])
      ? []
      : [{ path: `${path}.event_catalog_event`, message: 'must not be empty' }]),
    ...expressionProblem(configuration['event_filter'], `${path}.event_filter`),
    ...(mappings.length === 0 ? [{ path: `${path}.mappings`, message: 'must have at least one entry' }] : []),
    ...mappings.flatMap((mapping, index) => mappingProblems(mapping, `${path}.mappings[${index}]`)),
    ...repeatedIds(mappings, path),
  ];
}

function mappingProblems(mapping: Configuration, path: string): Problem[] {
  const delivery = asObject(mapping['delivery']);
  if (delivery['type'] !== 'webhook')
    return [
      { path: `${path}.delivery.type`, message: 'must be webhook: other deliveries are not supported' },
    ];
  return [
    ...(text(delivery['webhook_id'])
      ? []
      : [{ path: `${path}.delivery.webhook_id`, message: 'is required' }]),
    ...(text(mapping['jsonata_expression'])
      ? expressionProblem(mapping['jsonata_expression'], `${path}.jsonata_expression`)
      : [{ path: `${path}.jsonata_expression`, message: 'is required' }]),
  ];
}

function expressionProblem(value: unknown, path: string): Problem[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') return [{ path, message: 'must be a text' }];
  try {
    parseExpression(value);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const position = error.position === undefined ? '' : ` (position ${error.position})`;
    return [{ path, message: `${error.message}${position}` }];
  }
}

function repeatedIds(mappings: readonly Configuration[], path: string): Problem[] {
  const ids = mappings.map(idOf);
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [{ path: `${path}.mappings[${index}].id`, message: 'occurs twice' }]
      : [],
  );
}

/**
 * The configuration as it is stored: every mapping has an id, and the instants of its creation and last change, which the server keeps
 * (erp-integration.md 1.8). `before` is what was stored until now; a mapping that says the same as before keeps its instants, and one that
 * comes without its id is recognised by its name.
 */
export function withMappingInstants(
  configuration: Configuration,
  before: Configuration | undefined,
  now: Date,
): Configuration {
  const stored = mappingsOf(before ?? {});
  const all = mappingsOf(configuration);
  const listed = new Set(all.map((mapping) => idOf(mapping)));
  const mappings = all.map((given) => {
    const { created_at: _created, updated_at: _updated, ...said } = given;
    const known = stored.find((mapping) =>
      idOf(given) === undefined
        ? mapping['name'] === given['name'] && !listed.has(idOf(mapping))
        : idOf(mapping) === idOf(given),
    );
    const id = idOf(given) ?? idOf(known ?? {}) ?? randomUUID();
    listed.add(id);
    const { created_at: createdAt = now.toISOString(), updated_at: updatedAt, ...saidBefore } = known ?? {};
    const mapping = { ...said, id };
    const same = known !== undefined && canonical(mapping) === canonical(saidBefore);
    return { ...mapping, created_at: createdAt, updated_at: same ? updatedAt : now.toISOString() };
  });
  return { ...configuration, mappings };
}

function idOf(mapping: Configuration): string | undefined {
  return text(mapping['id'])?.toLowerCase();
}

/** JSON text that does not depend on the order of members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function mappingsOf(configuration: Configuration): Configuration[] {
  const { mappings } = configuration;
  return Array.isArray(mappings) ? mappings.map(asObject) : [];
}

function asObject(value: unknown): Configuration {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
