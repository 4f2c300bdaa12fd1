import type { NodeBudget } from './node-budget.ts';
import type { PathQuery } from './path-syntax.ts';

/** What a running query knows besides the node at hand. */
export interface QueryRun {
  readonly document: unknown;
  readonly budget: NodeBudget;
}

/** The nodes a query names, in the order of RFC 9535. */
export type NodeQuery = (start: unknown, run: QueryRun) => unknown[];

/** Turns a query into a function from a start node to its node list. */
export type CompileQuery = (query: PathQuery) => NodeQuery;
