import type { Run } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { leave, leaveMarked } from '../values/sequence.ts';
import { compileApply, compileCall, compileCallRaw } from './compile-call.ts';
import { compileArray, compileGroup, compileObject } from './compile-constructors.ts';
import { compileBlock, compileCondition, compileVariable } from './compile-control.ts';
import { compileFilter } from './compile-filter.ts';
import { compileBinary, compileNegate } from './compile-operators.ts';
import { compilePath } from './compile-path.ts';
import { compileDescendants, compileLookup, compileWildcard } from './compile-steps.ts';
import type { NodeCompiler, Place, Raw } from './place.ts';

/**
 * Compiles a node with its predicates and grouping into a closure that returns plain values.
 * Throws NeedsCage for what only the reference evaluator does exactly.
 */
function compileNode(node: Syntax, place: Place): Run {
  const { run, sequence } = compileTrimmed(node, place);
  const { keepArray } = node;
  if (place.build.marked) return (input, state) => leaveMarked(run(input, state), keepArray);
  return sequence ? (input, state) => leave(run(input, state)) : run;
}

function compileTrimmed(node: Syntax, place: Place): Raw {
  let raw = compileRaw(node, place);
  for (const predicate of node.predicates) {
    raw = { run: filtered(raw.run, compileFilter(predicate, place)), sequence: true };
  }
  if (node.group === undefined || node.kind === 'path') return raw;
  return { run: grouped(raw.run, compileGroup(node.group, place)), sequence: false };
}

function filtered(run: Run, filter: Run): Run {
  return (input, state) => filter(run(input, state), state);
}

function grouped(run: Run, group: Run): Run {
  return (input, state) => group(run(input, state), state);
}

function compileRaw(node: Syntax, place: Place): Raw {
  place.build.nodes += 1;
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return { run: () => value, sequence: false };
    }
    case 'path':
      return compilePath(node, place);
    case 'name':
      return compileLookup(node.name);
    case 'wildcard':
      return compileWildcard();
    case 'descendant':
      return compileDescendants();
    case 'variable':
      return { run: compileVariable(node, place), sequence: false };
    case 'binary':
      return compileBinary(node, place);
    case 'negate':
      return { run: compileNegate(node, place), sequence: false };
    case 'array':
      return { run: compileArray(node, place), sequence: false };
    case 'object':
      return { run: compileObject(node.members, place), sequence: false };
    case 'condition':
      return { run: compileCondition(node, place), sequence: false };
    case 'block':
      return { run: compileBlock(node, place), sequence: false };
    case 'call':
      return compileCall(node, place);
    case 'apply':
      return compileApply(node, place);
    default:
      throw new NeedsCage(`${node.kind} as a value`);
  }
}

/** Compiles every kind of node. */
export const nodeCompiler: NodeCompiler = { compile: compileNode, compileCall: compileCallRaw };
