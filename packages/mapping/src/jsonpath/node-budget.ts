import { JsonPathLimitError } from './json-path-error.ts';

/** Nodes one path may visit in one document: enough for every node of the largest payload, not for their powers. */
const MAX_NODES = 1_000_000;

/** Counts the nodes a path visits, so that nested wildcards and descendants end (RFC 9535 §4.1). */
export class NodeBudget {
  private left = MAX_NODES;

  /** @throws JsonPathLimitError when more nodes were visited than allowed */
  spend(nodes: number): void {
    this.left -= nodes;
    if (this.left < 0) throw new JsonPathLimitError(MAX_NODES);
  }
}
