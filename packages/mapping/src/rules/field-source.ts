import type { ConfigNode } from '../configuration/config-node.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileExpression } from './expression.ts';
import { compileFieldPath } from './field-path.ts';

/**
 * Reads a value for one item; undefined when there is none. Values may share structure with the payload and the
 * configuration. Throws what the evaluation of an expression or path throws.
 */
export type ReadSource = (run: MappingRun, scope: ItemScope) => unknown;

/**
 * Compiles the value source of a field, identifier, reference value or proxy parameter: `constant` (null counts as
 * given), else `jsonataExpression`, else `field` (spec ERP §6.4). Sources that lose are validated all the same. Answers
 * undefined without an issue when no source is present.
 */
export function compileValueSource(node: ConfigNode): ReadSource | undefined {
  const field = node.member('field');
  const expression = node.member('jsonataExpression');
  const byField = field.absent ? undefined : compileFieldPath(field.value, field);
  const byExpression = expression.absent ? undefined : compileComputed(expression);
  if (!node.has('constant')) return byExpression ?? byField;
  const { value } = node.member('constant');
  return () => value;
}

/** As `compileValueSource`, where one source must be present. */
export function compileRequiredSource(node: ConfigNode): ReadSource | undefined {
  const before = node.issues.length;
  const source = compileValueSource(node);
  if (source || node.issues.length > before) return source;
  return node.refuse('SOURCE_MISSING', 'Needs one of constant, jsonataExpression and field');
}

function compileComputed(node: ConfigNode): ReadSource | undefined {
  const expression = compileExpression(node);
  return expression && ((run, scope) => run.evaluate(expression, scope));
}
