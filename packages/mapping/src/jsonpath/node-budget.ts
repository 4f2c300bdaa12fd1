import { JsonPathLimitError } from './json-path-error.ts';

/** Nodes one path may visit in one document: enough for every node of the largest payload, not for their powers. */
const MAX_NODES = 1_000_000;

/** Counts the nodes paths visit, so that nested wildcards and descendants end (RFC 9535 §4.1). */
export class NodeBudget {
  private readonly most: number;
  private readonly shared: NodeBudget | undefined;
  private left: number;

  /** A budget of one path by default; what it spends is taken from `shared`, too. */
  constructor(shared?: NodeBudget, most: number = MAX_NODES) {
    this.most = most;
    this.left = most;
    this.shared = shared;
  }

  /** @throws JsonPathLimitError when more nodes were visited than allowed */
  spend(nodes: number): void {
    this.left -= nodes;
    if (this.left < 0) throw new JsonPathLimitError(this.most);
    this.shared?.spend(nodes);
  }
}
