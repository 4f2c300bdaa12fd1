import type { ConfigNode } from '../configuration/config-node.ts';
import { ownMember } from '../json/record.ts';
import { expressionFailure } from '../run/expression-failure.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileEnabled, type Enabled, isEnabled } from './enabled.ts';
import { compileValueSource, type ReadSource } from './field-source.ts';
import { compileFileProxyUrl } from './file-proxy-url.ts';
import { compileRelationRefs } from './relation-refs.ts';
import { compileRelations } from './relations.ts';
import { bareValue, compileRepeatable, type Repeatable, wrapRepeatable } from './repeatable.ts';

/** Mapped attributes by name. Values may share structure with payload and configuration: treat them as frozen. */
export type Attributes = Record<string, unknown>;

/** A compiled field mapping. */
export interface FieldPlan {
  readonly attribute: string;
  readonly enabled: Enabled;
  readonly read: ReadSource;
  readonly repeatable: Repeatable | undefined;
}

/** The attributes of one item, and the bare value of each that was wrapped (for identifiers, spec ERP §6.8). */
export interface MappedFields {
  readonly attributes: Attributes;
  readonly bare: Map<string, unknown> | undefined;
}

/** Compiles the `fields` of a mapping in configuration order. Fields with issues are left out of the result. */
export function compileFields(node: ConfigNode): FieldPlan[] {
  return node.elements().flatMap((field) => compileField(field) ?? []);
}

/** The names of all attributes that have a field mapping, also of fields that are disabled or have issues. */
export function mappedAttributes(node: ConfigNode): ReadonlySet<unknown> {
  const fields: readonly unknown[] = Array.isArray(node.value) ? node.value : [];
  return new Set(fields.map((field) => ownMember(field, 'attribute')));
}

function compileField(node: ConfigNode): FieldPlan | undefined {
  if (!node.isObject()) return undefined;
  const attribute = node.member('attribute').memberName();
  const enabled = compileEnabled(node.member('enabled'));
  const repeatable = compileRepeatable(node);
  const source = compileFieldSource(node, attribute ?? '');
  if (attribute === undefined || !source) return undefined;
  return { attribute, enabled, read: source.read, repeatable: source.wrappable ? repeatable : undefined };
}

/** Compiles every source that is present; relations, references and proxy URLs come before values (spec ERP §6.4). */
function compileFieldSource(
  node: ConfigNode,
  attribute: string,
): { read: ReadSource; wrappable: boolean } | undefined {
  const before = node.issues.length;
  const relations = node.member('relations');
  const references = node.member('relation_refs');
  const proxy = node.member('file_proxy_url');
  const structured = [
    relations.absent ? undefined : compileRelations(relations, attribute),
    references.absent ? undefined : compileRelationRefs(references, attribute),
    proxy.absent ? undefined : compileFileProxyUrl(proxy),
  ].find((read) => read !== undefined);
  const value = compileValueSource(node);
  if (structured) return { read: structured, wrappable: false };
  if (value) return { read: value, wrappable: true };
  if (node.issues.length > before) return undefined;
  return node.refuse(
    'SOURCE_MISSING',
    'Needs a source, such as field, jsonataExpression, constant or relations',
  );
}

/**
 * Maps the fields of one item in configuration order. A value of undefined leaves the attribute out, null is a value; of
 * several fields for one attribute the last that yields a value wins (spec ERP §6.5). A field or its `enabled` that
 * fails is left out with a warning (§6.12).
 */
export function mapFields(fields: readonly FieldPlan[], run: MappingRun, scope: ItemScope): MappedFields {
  const attributes: Attributes = {};
  let bare: Map<string, unknown> | undefined;
  run.countFields(fields.length, scope.site);
  for (const field of fields) {
    const value = readField(field, run, scope);
    if (value === undefined) continue;
    const { attribute, repeatable } = field;
    const wrapped = repeatable ? wrapRepeatable(value, repeatable) : value;
    if (wrapped === undefined) continue;
    run.countOutput(wrapped, scope.site);
    attributes[attribute] = wrapped;
    if (repeatable) {
      bare ??= new Map();
      bare.set(attribute, bareValue(value, repeatable.type));
    } else {
      bare?.delete(attribute);
    }
  }
  return { attributes, bare };
}

function readField(field: FieldPlan, run: MappingRun, scope: ItemScope): unknown {
  try {
    return field.enabled === true || isEnabled(field.enabled, run, scope)
      ? field.read(run, scope)
      : undefined;
  } catch (error) {
    run.report(scope, { ...expressionFailure(error), severity: 'warning', field: field.attribute });
    return undefined;
  }
}
