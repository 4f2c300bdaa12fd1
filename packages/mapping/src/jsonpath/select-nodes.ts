import { isRecord } from '../json/record.ts';
import { compileCondition } from './compile-filter.ts';
import type { NodeQuery, QueryRun } from './node-query.ts';
import type { PathQuery, PathSegment, PathSelector, SliceSelector } from './path-syntax.ts';

/** Appends to `found` what a selector picks from one node. */
type Select = (node: unknown, found: unknown[], run: QueryRun) => void;

/** Turns a query into a function from a start node to its node list. */
export function compileNodeQuery(query: PathQuery): NodeQuery {
  const steps = query.segments.map(compileSegment);
  return (start, run) => {
    let nodes: unknown[] = [start];
    for (const step of steps) {
      const found: unknown[] = [];
      for (const node of nodes) step(node, found, run);
      nodes = found;
    }
    return nodes;
  };
}

function compileSegment(segment: PathSegment): Select {
  const selects = segment.selectors.map(compileSelector);
  const selectAll: Select = (node, found, run) => {
    for (const select of selects) select(node, found, run);
  };
  return segment.descendant ? descend(selectAll) : selectAll;
}

/** Applies a selection to a node and everything below it, parents before children. */
function descend(select: Select): Select {
  const visit: Select = (node, found, run) => {
    select(node, found, run);
    for (const child of childrenOf(node, run)) visit(child, found, run);
  };
  return visit;
}

function compileSelector(selector: PathSelector): Select {
  switch (selector.kind) {
    case 'name':
      return selectName(selector.name);
    case 'index':
      return selectIndex(selector.index);
    case 'wildcard':
      return (node, found, run) => {
        for (const child of childrenOf(node, run)) found.push(child);
      };
    case 'slice':
      return selectSlice(selector);
    case 'filter': {
      const test = compileCondition(selector.condition, compileNodeQuery);
      return (node, found, run) => {
        for (const child of childrenOf(node, run)) if (test(child, run)) found.push(child);
      };
    }
  }
}

/** Elements or members of a node, charged to the budget. */
function childrenOf(node: unknown, run: QueryRun): readonly unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  const children: readonly unknown[] = Array.isArray(node) ? node : Object.values(node);
  run.budget.spend(children.length);
  return children;
}

function selectName(name: string): Select {
  return (node, found, run) => {
    run.budget.spend(1);
    if (isRecord(node) && Object.hasOwn(node, name)) found.push(node[name]);
  };
}

function selectIndex(index: number): Select {
  return (node, found, run) => {
    run.budget.spend(1);
    if (!Array.isArray(node)) return;
    const at = index < 0 ? node.length + index : index;
    if (at >= 0 && at < node.length) found.push(node[at]);
  };
}

/** RFC 9535 §2.3.4.2.2: negative bounds count from the end, a step of 0 selects nothing. */
function selectSlice({ start, end, step }: SliceSelector): Select {
  return (node, found, run) => {
    if (!Array.isArray(node) || step === 0) return;
    run.budget.spend(node.length);
    const { length } = node;
    const from = bound(start ?? (step > 0 ? 0 : length - 1), length, step);
    const to = end === undefined ? (step > 0 ? length : -1) : bound(end, length, step);
    if (step > 0) for (let at = from; at < to; at += step) found.push(node[at]);
    else for (let at = from; at > to; at += step) found.push(node[at]);
  };
}

function bound(value: number, length: number, step: number): number {
  const at = value < 0 ? length + value : value;
  return step > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1);
}
