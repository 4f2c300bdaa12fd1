import type { ConfigNode } from '../configuration/config-node.ts';
import { ownMember } from '../json/record.ts';
import { compileJsonPath } from '../jsonpath/json-path.ts';
import { JsonPathSyntaxError } from '../jsonpath/json-path-error.ts';
import type { ReadSource } from './field-source.ts';

/**
 * Compiles a `field` (spec ERP §6.4): a name without leading `$` is one own property of the item, dots included; with
 * `$` it is a JSONPath on the item, with `$$` one on the payload. Issues go to `node`.
 */
export function compileFieldPath(field: unknown, node: ConfigNode): ReadSource | undefined {
  if (typeof field !== 'string') return node.refuse('INVALID_VALUE', 'Must be a property name or JSONPath');
  if (!field.startsWith('$')) return (_run, scope) => ownMember(scope.item, field);
  try {
    if (field.startsWith('$$')) {
      const onPayload = compileJsonPath(field, 2);
      return (run, scope) => onPayload(scope.root, run.pathNodes);
    }
    const onItem = compileJsonPath(field, 1);
    return (run, scope) => onItem(scope.item, run.pathNodes);
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error;
    return node.refuse('JSONPATH_SYNTAX', error.message, error.position);
  }
}
