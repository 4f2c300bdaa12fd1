import jsonata from 'jsonata';
import type { Scope } from '../scope.ts';
import { isRecord } from '../values/json.ts';

/** A name no source text can contain. */
const ROOT = ' root';

/** An expression of the reference evaluator that sees an item as `$` and the document as `$$`. */
export interface ReferenceExpression {
  /** The raw result: may hold functions and numbers JSON has no notation for. Rejects with the reference's plain error objects. */
  evaluate(scope: Scope): Promise<unknown>;
}

/**
 * Prepares an expression for the reference evaluator, which always binds `$$` to its input. Therefore the tree it evaluates is
 * edited: every `$$` becomes a variable of its own. Wrapping the text in a block would do, but leaving a block unwraps
 * sequences once more than the expression asked for. `replaced` are functions to put in place of built-ins of the same name.
 */
export function prepareReference(
  source: string,
  options: jsonata.JsonataOptions = {},
  replaced: Readonly<Record<string, () => unknown>> = {},
): ReferenceExpression {
  const expression = jsonata(source, options);
  for (const [name, implementation] of Object.entries(replaced))
    expression.registerFunction(name, implementation);
  renameRoot(expression.ast(), new Set());
  return {
    evaluate: ({ root, item, bindings }): Promise<unknown> =>
      expression.evaluate(item === undefined ? root : item, { ...bindings, [ROOT]: root }),
  };
}

function renameRoot(node: unknown, seen: Set<object>): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return;
  seen.add(node);
  if (isRecord(node) && node.type === 'variable' && node.value === '$') node.value = ROOT;
  for (const child of Object.values(node)) renameRoot(child, seen);
}
