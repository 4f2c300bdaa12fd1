import { ExpressionError } from '../expression-error.ts';
import { LIMITS } from '../limits.ts';

/**
 * Counts a parser tree before anything recurses into it.
 * Throws ExpressionError EXPRESSION_LIMIT when it has too many nodes or nests too deeply.
 */
export function measureTree(tree: unknown): void {
  let level: object[] = isNode(tree) ? [tree] : [];
  let nodes = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    nodes += level.length;
    // Lists of steps and arguments are levels of their own, so a node costs at most three.
    if (nodes > LIMITS.syntaxNodes * 3)
      throw new ExpressionError('EXPRESSION_LIMIT', 'The expression is too large');
    if (depth > LIMITS.syntaxDepth * 3)
      throw new ExpressionError('EXPRESSION_LIMIT', 'The expression nests too deeply');
    level = level.flatMap((node) => Object.values(node).filter(isNode));
  }
}

/** Back references from parent operators to their slots would make the walk endless; regular expressions hold no nodes. */
function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof RegExp) && !('label' in value);
}
