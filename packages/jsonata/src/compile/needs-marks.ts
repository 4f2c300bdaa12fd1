import type { Syntax } from '../syntax/syntax.ts';

/** Built-ins that hand out sequences; as the last act of a user function these leave it without being unwrapped. */
export const SEQUENCE_BUILTINS: ReadonlySet<string> = new Set([
  ...['map', 'filter', 'each', 'keys', 'match', 'lookup', 'spread', 'distinct'],
]);

/**
 * True when the expression can produce arrays whose origin later steps can see: `[]`, arrays as steps, wildcards, $distinct,
 * functions that end in a call. All other expressions are compiled without marks.
 */
export function needsMarks(node: Syntax): boolean {
  if (node.keepArray || node.kind === 'wildcard') return true;
  if (node.kind === 'path' && node.keepSingleton) return true;
  if ((node.kind === 'array' || node.kind === 'block') && node.constructed) return true;
  if (node.kind === 'variable' && node.name === 'distinct') return true;
  if (node.kind === 'tail' && endsInSequence(node.call)) return true;
  if (node.kind === 'call' && node.args.some(isSequenceBuiltin)) return true;
  return children(node).some(needsMarks);
}

function endsInSequence(call: Syntax): boolean {
  if (call.kind !== 'call') return true;
  const { procedure } = call;
  // A user function may itself end in a call; telling which is not worth the trouble.
  return procedure.kind !== 'variable' || !KNOWN_PLAIN.has(procedure.name);
}

function isSequenceBuiltin(argument: Syntax): boolean {
  return argument.kind === 'variable' && SEQUENCE_BUILTINS.has(argument.name);
}

const KNOWN_PLAIN: ReadonlySet<string> = new Set([
  ...[
    'sum',
    'count',
    'max',
    'min',
    'average',
    'string',
    'substring',
    'substringBefore',
    'substringAfter',
    'lowercase',
  ],
  ...[
    'uppercase',
    'length',
    'trim',
    'pad',
    'contains',
    'replace',
    'split',
    'join',
    'formatNumber',
    'formatBase',
  ],
  ...[
    'formatInteger',
    'parseInteger',
    'number',
    'floor',
    'ceil',
    'round',
    'abs',
    'sqrt',
    'power',
    'random',
    'boolean',
  ],
  ...[
    'not',
    'exists',
    'merge',
    'type',
    'now',
    'millis',
    'toMillis',
    'fromMillis',
    'error',
    'assert',
    'base64encode',
  ],
  ...['base64decode', 'encodeUrl', 'encodeUrlComponent', 'decodeUrl', 'decodeUrlComponent', 'zip', 'sift'],
]);

function children(node: Syntax): readonly Syntax[] {
  const group = node.group === undefined ? [] : node.group.pairs.flat();
  return [...node.predicates, ...node.stages, ...group, ...ownChildren(node)];
}

function ownChildren(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case 'path':
      return node.steps;
    case 'sort':
      return node.terms.map((term) => term.expression);
    case 'binary':
    case 'apply':
      return [node.left, node.right];
    case 'negate':
      return [node.operand];
    case 'array':
      return node.items;
    case 'object':
      return node.members.pairs.flat();
    case 'condition':
      return node.whenFalse === undefined
        ? [node.test, node.whenTrue]
        : [node.test, node.whenTrue, node.whenFalse];
    case 'block':
      return node.statements;
    case 'bind':
      return [node.value];
    case 'call':
      return [node.procedure, ...node.args];
    case 'tail':
      return [node.call];
    case 'lambda':
      return [node.body];
    default:
      return [];
  }
}
