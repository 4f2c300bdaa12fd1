import { runtimeError } from '../runtime/runtime-error.ts';
import type { Run } from '../runtime/state.ts';
import type { Syntax, SyntaxOf } from '../syntax/syntax.ts';
import type { CallSite } from './call-builtin.ts';
import { compile, type Place } from './place.ts';

/**
 * `$lookup({ 'S': 'power', 'G': 'gas' }, key)`, the usual way to translate codes: a table written out in full is built once and
 * not per evaluation. Undefined when the call is anything else.
 */
export function compileTableLookup(node: SyntaxOf<'call'>, site: CallSite, place: Place): Run | undefined {
  const [object, keyNode, ...more] = node.args;
  if (object === undefined || keyNode === undefined || more.length > 0) return undefined;
  const table = literalTable(object);
  if (table === undefined) return undefined;
  const key = compile(keyNode, place);
  return (input, state) => {
    const name = key(input, state);
    if (name === undefined) return table.get('undefined');
    if (typeof name !== 'string') throw runtimeError('T0410', site);
    return table.get(name);
  };
}

/** The members of an object constructor when all keys and values are scalar literals and no key is there twice. */
function literalTable(node: Syntax): ReadonlyMap<string, unknown> | undefined {
  if (node.kind !== 'object' || node.predicates.length > 0 || node.group !== undefined) return undefined;
  const table = new Map<string, unknown>();
  for (const [key, value] of node.members.pairs) {
    if (!isPlainLiteral(key) || !isPlainLiteral(value) || typeof key.value !== 'string') return undefined;
    if (table.has(key.value) || key.value.startsWith('_jsonata_')) return undefined;
    table.set(key.value, value.value);
  }
  return table;
}

function isPlainLiteral(node: Syntax): node is SyntaxOf<'literal'> {
  return node.kind === 'literal' && node.predicates.length === 0 && node.group === undefined;
}
