import { isRecord } from '../json/record.ts';
import { NodeBudget } from './node-budget.ts';
import { parsePath } from './parse-path.ts';
import { isSingular, type PathQuery } from './path-syntax.ts';
import { compileNodeQuery } from './select-nodes.ts';

/**
 * Reads what a path names from a document. A path that can name one node only (names and single indexes) answers that
 * node's value or undefined; any other answers the array of all matches, undefined when there is none (spec ERP §6.4).
 * The answer shares structure with the document.
 *
 * @param shared a budget of several paths, which this one spends from
 * @throws JsonPathLimitError when a million nodes were visited, or more than `shared` has left
 */
export type JsonPath = (document: unknown, shared?: NodeBudget) => unknown;

/**
 * Compiles an RFC 9535 path. `start` is the offset behind its `$`, so that a text such as `$$.a` can be handed over as
 * it was configured.
 *
 * @throws JsonPathSyntaxError
 */
export function compileJsonPath(source: string, start = 1): JsonPath {
  const query = parsePath(source, start);
  return isSingular(query) ? compileSingular(query) : compilePlural(query);
}

function compileSingular(query: PathQuery): JsonPath {
  const steps = query.segments.flatMap(({ selectors }) =>
    selectors.map((selector) => {
      if (selector.kind === 'name') return selector.name;
      return selector.kind === 'index' ? selector.index : 0;
    }),
  );
  return (document) => {
    let node = document;
    for (const step of steps) {
      if (typeof step === 'string')
        node = isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
      else node = Array.isArray(node) ? node.at(step) : undefined;
      if (node === undefined) return undefined;
    }
    return node;
  };
}

function compilePlural(query: PathQuery): JsonPath {
  const select = compileNodeQuery(query);
  return (document, shared) => {
    const nodes = select(document, { document, budget: new NodeBudget(shared) });
    return nodes.length === 0 ? undefined : nodes;
  };
}
