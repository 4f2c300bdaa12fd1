import type { Expression } from '@busbar/jsonata';
import { ConfigNode } from '../configuration/config-node.ts';
import type { ConfigurationIssue } from '../configuration/mapping-configuration-error.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileOptionalExpression } from './expression.ts';
import type { ReadSource } from './field-source.ts';
import type { LinkedEntity } from './linked-entity.ts';

/** Resolves one item of a list; undefined when it was left out with a warning. */
export type ResolveLink = (run: MappingRun, scope: ItemScope) => LinkedEntity | undefined;

/** Compiles one configured item for an attribute; undefined with issues when it is not usable. */
export type CompileLink = (node: ConfigNode, attribute: string) => ResolveLink | undefined;

const OPERATIONS = ['_set', '_append', '_append_all'] as const;

/**
 * Compiles `relations` or `relation_refs` (spec ERP §6.9, §6.10): `operation` (default `_set`) and `items`, or a
 * `jsonataExpression` that returns items of the same form and wins. The result reads `{ [wireName]: { [operation]:
 * items } }`. The attribute is omitted when no item is left or the expression gave undefined or null, so that nothing is
 * cleared by accident; an empty array given by the expression is explicit and does clear.
 */
export function compileLinkList(
  node: ConfigNode,
  attribute: string,
  wireName: '$relation' | '$relation_ref',
  compileLink: CompileLink,
): ReadSource | undefined {
  if (!node.isObject()) return undefined;
  const operation = node.member('operation').choice(OPERATIONS);
  const items = node.member('items');
  const links = items.optionalElements().map((item) => compileLink(item, attribute));
  const computed = node.member('jsonataExpression');
  const expression = compileOptionalExpression(computed);
  if (items.absent && computed.absent) node.refuse('SOURCE_MISSING', 'Needs items or a jsonataExpression');
  const fixed = links.filter((link) => link !== undefined);
  const readLinks = expression ? computeLinks(expression, attribute, compileLink) : resolveFixed(fixed);
  return (run, scope) => {
    const list = readLinks(run, scope);
    return list && { [wireName]: { [operation]: list } };
  };
}

type ReadLinks = (run: MappingRun, scope: ItemScope) => LinkedEntity[] | undefined;

function resolveFixed(links: readonly ResolveLink[]): ReadLinks {
  return (run, scope) => nonEmpty(links.map((link) => link(run, scope)));
}

function computeLinks(expression: Expression, attribute: string, compileLink: CompileLink): ReadLinks {
  return (run, scope) => {
    const result = run.evaluate(expression, scope);
    if (result === undefined || result === null) return undefined;
    if (!Array.isArray(result)) return nonEmpty([computedLink(result, attribute, compileLink, run, scope)]);
    if (result.length === 0) return [];
    return nonEmpty(result.map((item: unknown) => computedLink(item, attribute, compileLink, run, scope)));
  };
}

/** An item built by an expression is read like a configured one; what would be an issue there leaves it out here. */
function computedLink(
  item: unknown,
  attribute: string,
  compileLink: CompileLink,
  run: MappingRun,
  scope: ItemScope,
): LinkedEntity | undefined {
  const issues: ConfigurationIssue[] = [];
  const link = compileLink(ConfigNode.root(item, issues), attribute);
  const [issue] = issues;
  if (link && !issue) return link(run, scope);
  run.report(scope, {
    severity: 'warning',
    code: 'MISSING_UNIQUE_IDENTIFIERS',
    category: 'validation',
    field: attribute,
    message: `An item was left out: ${issue?.path || 'it'} is not usable (${issue?.code ?? 'INVALID_VALUE'})`,
  });
  return undefined;
}

function nonEmpty(links: readonly (LinkedEntity | undefined)[]): LinkedEntity[] | undefined {
  const usable = links.filter((link) => link !== undefined);
  return usable.length > 0 ? usable : undefined;
}
