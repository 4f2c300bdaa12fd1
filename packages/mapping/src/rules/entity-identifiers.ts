import type { ConfigNode } from '../configuration/config-node.ts';
import { expressionFailure } from '../run/expression-failure.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import type { ReadSource } from './field-source.ts';
import type { FieldPlan, MappedFields } from './fields.ts';
import { type IdentifierTypes, type IdentifierValues, isUsableIdentifier } from './identifiers.ts';
import type { RepeatableType } from './repeatable.ts';

/** The identifiers of an entity mapping: names of mapped attributes, or (version 1.0) values read on their own. */
export interface EntityIdentifierPlan {
  readonly names: readonly string[];
  readonly types: IdentifierTypes;
  /** Sources of identifiers that are not among the attributes; only in version 1.0 (spec ERP §6.14). */
  readonly sources: ReadonlyMap<string, ReadSource> | undefined;
}

/** Compiles `unique_ids`: at least one name, each among the attributes that are mapped (spec ERP §6.2). */
export function compileEntityIdentifiers(
  node: ConfigNode,
  mapped: ReadonlySet<unknown>,
  fields: readonly FieldPlan[],
): EntityIdentifierPlan {
  const entries = node.elements();
  if (Array.isArray(node.value) && entries.length === 0) {
    node.refuse('REQUIRED', 'At least one unique identifier is needed');
  }
  const names = entries.flatMap((entry) => {
    const name = entry.memberName();
    if (name !== undefined && !mapped.has(name)) {
      entry.refuse('UNIQUE_ID_UNMAPPED', `The unique identifier ${name} has no field mapping`);
    }
    return name ?? [];
  });
  return { names, types: identifierTypes(names, fields), sources: undefined };
}

function identifierTypes(names: readonly string[], fields: readonly FieldPlan[]): IdentifierTypes {
  const types: Record<string, RepeatableType> = {};
  for (const { attribute, repeatable } of fields) {
    if (repeatable && names.includes(attribute)) types[attribute] = repeatable.type;
  }
  return types;
}

/**
 * The identifiers of one item: the mapped values before wrapping. Undefined, with an error per unusable identifier, when
 * any is missing, null, blank, or neither text nor number (spec ERP §6.8). Warns about identifiers the target schema
 * does not define, except `_id` (§7).
 */
export function resolveEntityIdentifiers(
  plan: EntityIdentifierPlan,
  mapped: MappedFields,
  run: MappingRun,
  scope: ItemScope,
): IdentifierValues | undefined {
  const values: IdentifierValues = {};
  let usable = true;
  for (const name of plan.names) {
    const value = identifierValue(plan, name, mapped, run, scope);
    if (isUsableIdentifier(value)) {
      values[name] = value;
    } else {
      usable = false;
      reportUnusable(name, run, scope);
    }
  }
  if (usable && run.schemaAttributes) warnAboutUnknown(plan.names, run, scope);
  return usable ? values : undefined;
}

function identifierValue(
  plan: EntityIdentifierPlan,
  name: string,
  { attributes, bare }: MappedFields,
  run: MappingRun,
  scope: ItemScope,
): unknown {
  const read = plan.sources?.get(name);
  if (!read)
    return bare?.has(name) ? bare.get(name) : Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  try {
    return read(run, scope);
  } catch (error) {
    run.report(scope, { ...expressionFailure(error), severity: 'warning', field: name });
    return undefined;
  }
}

function reportUnusable(name: string, run: MappingRun, scope: ItemScope): void {
  run.report(scope, {
    severity: 'error',
    code: 'MISSING_UNIQUE_IDENTIFIERS',
    category: 'validation',
    field: name,
    message: `The update was left out: its identifier ${name} has no usable value`,
  });
}

function warnAboutUnknown(names: readonly string[], run: MappingRun, scope: ItemScope): void {
  const known = run.schemaAttributes?.(scope.site.entitySchema);
  if (!known) return;
  for (const name of names) {
    if (name === '_id' || known.has(name)) continue;
    run.report(scope, {
      severity: 'warning',
      code: 'UNIQUE_ID_NOT_IN_SCHEMA',
      category: 'configuration',
      field: name,
      message: `The schema ${scope.site.entitySchema} does not define ${name}, so a search by it finds nothing`,
    });
  }
}
