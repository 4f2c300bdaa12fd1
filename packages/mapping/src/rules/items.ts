import type { Expression } from '@busbar/jsonata';
import { expressionFailure } from '../run/expression-failure.ts';
import { type ItemScope, itemScope, payloadScope, resultScope } from '../run/item-scope.ts';
import type { MappingSite } from '../run/mapping-problem.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { type Enabled, isEnabled } from './enabled.ts';

/** How the items of a mapping come out of the payload. */
export interface ItemSelection {
  readonly expression: Expression | undefined;
  readonly enabled: Enabled;
}

/**
 * Steps 1 to 4 of spec ERP §6.1: switches the mapping, preprocesses the payload, and expands the result to items: none
 * for undefined and null, the elements of an array except nulls, else the one value. Undefined when the mapping is
 * disabled or, with an error reported, its `jsonataExpression` or `enabled` failed; then nothing may be pruned either.
 */
export function selectItems(
  selection: ItemSelection,
  run: MappingRun,
  site: MappingSite,
): ItemScope[] | undefined {
  if (selection.enabled === false) return undefined;
  const scope = payloadScope(run.payload, site);
  let part = 'jsonataExpression';
  try {
    const result = selection.expression ? run.evaluate(selection.expression, scope) : run.payload;
    part = 'enabled';
    return isEnabled(selection.enabled, run, resultScope(result, site))
      ? expand(result, run, site)
      : undefined;
  } catch (error) {
    run.report(scope, { ...expressionFailure(error), severity: 'error', field: part });
    return undefined;
  }
}

function expand(result: unknown, run: MappingRun, site: MappingSite): ItemScope[] {
  const items: readonly unknown[] = Array.isArray(result) ? result : [result];
  const present = items.filter((item) => item !== undefined && item !== null);
  run.countItems(present.length, site);
  return present.map((item, index) => itemScope(run.payload, item, site, index));
}
