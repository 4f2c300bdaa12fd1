import type { Expression } from '@busbar/jsonata';
import type { ConfigNode } from '../configuration/config-node.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileExpression } from './expression.ts';

/** `enabled` of a mapping or field: decided already, or an expression (spec ERP §6.6). */
export type Enabled = boolean | Expression;

/** Reads `enabled`; absent means true. */
export function compileEnabled(node: ConfigNode): Enabled {
  if (node.absent) return true;
  return typeof node.value === 'boolean' ? node.value : (compileExpression(node) ?? false);
}

/** Decides `enabled` in a scope. Throws what the evaluation throws. */
export function isEnabled(enabled: Enabled, run: MappingRun, scope: ItemScope): boolean {
  return typeof enabled === 'boolean' ? enabled : toBoolean(run.evaluate(enabled, scope));
}

/**
 * JSONata's `$boolean`, with undefined as false: "", 0, null, {}, [] and arrays whose elements are all false are false
 * (spec ERP §6.6).
 */
function toBoolean(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(toBoolean);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
