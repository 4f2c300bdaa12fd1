import { isRecord, ownMember } from '../json/record.ts';
import type { MappingResult } from '../map-payload.ts';
import type { EntityUpdate } from '../rules/entity-mapping.ts';
import type { Attributes } from '../rules/fields.ts';
import type { Identifiers, IdentifierValues } from '../rules/identifiers.ts';
import type { EntityPruneScope, ResolvedScope } from '../rules/prune-scope.ts';
import type { ReadingUpdate } from '../rules/reading-mapping.ts';
import type { ReadingPruneScope } from '../rules/reading-prune-scope.ts';

/** Identifiers of a meter or counter on the wire. */
interface SimulatedReference {
  readonly $entity_unique_ids: IdentifierValues;
}

/** The body of a simulation's answer (contract: `MappingSimulationResponse`, spec ERP §7). All lists are always there. */
export interface MappingSimulation {
  readonly entity_updates: readonly {
    readonly entity_slug: string;
    readonly unique_identifiers: IdentifierValues;
    readonly attributes: Attributes;
    readonly mode: 'upsert' | 'delete' | 'purge';
  }[];
  readonly meter_readings_updates: readonly {
    readonly meter: SimulatedReference;
    readonly meter_counter?: SimulatedReference;
    readonly attributes: Attributes;
    readonly mode: 'upsert' | 'delete';
  }[];
  readonly prune_scope_updates: readonly {
    readonly entity_slug: string;
    readonly scope: SimulatedScope;
    readonly keep_unique_ids: readonly IdentifierValues[];
    readonly deletion_mode: 'delete' | 'purge';
  }[];
  readonly meter_readings_prune_scope_updates: readonly {
    readonly meter: SimulatedReference;
    readonly meter_counter?: SimulatedReference;
    readonly keep_external_ids: readonly string[];
    readonly source?: string;
  }[];
  readonly warnings: readonly {
    readonly entity_schema: string;
    readonly field: string;
    readonly message: string;
  }[];
}

type SimulatedScope =
  | { readonly scope_mode: 'relations'; readonly schema: string; readonly unique_ids: IdentifierValues }
  | { readonly scope_mode: 'query'; readonly query: IdentifierValues };

/** Renders a mapping result as the simulation endpoints answer it; every problem is a warning there (spec ERP §7). */
export function toSimulation(result: MappingResult): MappingSimulation {
  return {
    entity_updates: result.entityUpdates.map(entityUpdate),
    meter_readings_updates: result.readingUpdates.map(readingUpdate),
    prune_scope_updates: result.pruneScopes.map(pruneScope),
    meter_readings_prune_scope_updates: result.readingPruneScopes.map(readingPruneScope),
    warnings: result.problems.map(({ site, field, message }) => ({
      entity_schema: site.entitySchema,
      field,
      message,
    })),
  };
}

function entityUpdate({ entitySchema, uniqueIdentifiers, attributes, mode }: EntityUpdate) {
  return {
    entity_slug: entitySchema,
    unique_identifiers: uniqueIdentifiers,
    attributes: withoutHints(attributes),
    mode,
  };
}

function readingUpdate({ meter, meterCounter, attributes, mode }: ReadingUpdate) {
  return { ...references(meter, meterCounter), attributes: withoutHints(attributes), mode };
}

function pruneScope({ entitySchema, scope, keepUniqueIds, deletionMode }: EntityPruneScope) {
  return {
    entity_slug: entitySchema,
    scope: simulatedScope(scope),
    keep_unique_ids: keepUniqueIds,
    deletion_mode: deletionMode,
  };
}

function readingPruneScope({ meter, meterCounter, keepExternalIds, source }: ReadingPruneScope) {
  const scope = { ...references(meter, meterCounter), keep_external_ids: keepExternalIds };
  return source === undefined ? scope : { ...scope, source };
}

function simulatedScope(scope: ResolvedScope): SimulatedScope {
  return scope.scopeMode === 'query'
    ? { scope_mode: 'query', query: scope.query }
    : { scope_mode: 'relations', schema: scope.schema, unique_ids: scope.uniqueIds };
}

function references(meter: Identifiers, counter: Identifiers | undefined) {
  const reference = { meter: { $entity_unique_ids: meter.values } };
  return counter ? { ...reference, meter_counter: { $entity_unique_ids: counter.values } } : reference;
}

/** The attributes without the lookup hints that mapped relations carry for the pipeline. */
function withoutHints(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, withoutHint(value)]));
}

function withoutHint(value: unknown): unknown {
  if (!isRecord(value)) return value;
  let wire = value;
  for (const wireName of ['$relation', '$relation_ref']) {
    const operations = ownMember(value, wireName);
    // An expression may give such a value too, with members of its own beside the list: they stay (spec ERP §7).
    if (isRecord(operations)) wire = { ...wire, [wireName]: withoutTypes(operations) };
  }
  return wire;
}

function withoutTypes(operations: Record<string, unknown>): Record<string, unknown> {
  const lists = Object.entries(operations).map(([operation, items]) => [
    operation,
    Array.isArray(items) ? items.map(withoutType) : items,
  ]);
  return Object.fromEntries(lists);
}

function withoutType(item: unknown): unknown {
  if (!isRecord(item)) return item;
  const { $entity_unique_id_types: _, ...wire } = item;
  return wire;
}
