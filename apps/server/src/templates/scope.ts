import type { Operand, PathOperand } from './template-tree.ts';

/** A value and where it comes from, as a path from the outermost context. */
export interface Sourced {
  readonly value: unknown;
  readonly path: readonly string[];
}

/** What `../` climbs: one level per block that changed the context. */
interface Level extends Sourced {
  readonly outer: Level | undefined;
}

/** What `@../` climbs: one frame per `each`. */
interface Frame {
  readonly variables: Readonly<Record<string, Sourced>>;
  readonly outer: Frame | undefined;
}

/** Names given with `as |value key|`, innermost first. */
interface Names {
  readonly values: ReadonlyMap<string, Sourced>;
  readonly outer: Names | undefined;
}

/** Where a piece of template stands: its contexts, data variables and names. */
export interface Scope {
  readonly level: Level;
  readonly frame: Frame;
  readonly names: Names | undefined;
}

/** The scope of a whole template. */
export function rootScope(context: unknown): Scope {
  const level: Level = { value: context, path: [], outer: undefined };
  return { level, frame: { variables: { root: level }, outer: undefined }, names: undefined };
}

/** The scope inside a block. As in Handlebars, a block that keeps the context adds no level. */
export function enter(
  scope: Scope,
  context: Sourced,
  names: readonly string[],
  named: readonly Sourced[],
): Scope {
  const same = context.value === scope.level.value;
  return {
    level: { ...context, outer: same ? scope.level.outer : scope.level },
    frame: scope.frame,
    names: names.length === 0 ? scope.names : { values: bind(names, named), outer: scope.names },
  };
}

const NO_CONTEXT = Object.freeze({});

/** The scope inside a block that keeps the context. As in Handlebars, a context of null is an empty one there, and so no longer false. */
export function kept(scope: Scope): Scope {
  const { value } = scope.level;
  return value === null || value === undefined
    ? { ...scope, level: { ...scope.level, value: NO_CONTEXT } }
    : scope;
}

/** The same scope with the data variables of one iteration: `@index`, `@key`, `@first`, `@last`. */
export function withVariables(scope: Scope, variables: Readonly<Record<string, Sourced>>): Scope {
  return { ...scope, frame: { variables: { ...scope.frame.variables, ...variables }, outer: scope.frame } };
}

/** Finds the value of an operand; undefined when any part of the path is missing. */
export function resolve(operand: Operand, scope: Scope): Sourced {
  if (operand.kind === 'literal') return { value: operand.value, path: [] };
  if (operand.data) return resolveData(operand, scope);
  const named = operand.depth === 0 && !operand.scoped ? findName(scope.names, operand.parts[0]) : undefined;
  if (named) return walk(named, operand.parts.slice(1));
  let level: Level | undefined = scope.level;
  for (let climbed = 0; climbed < operand.depth; climbed += 1) level = level?.outer;
  return level ? walk(level, operand.parts) : { value: undefined, path: [] };
}

/**
 * The member of a value, own properties only: what a prototype offers (`constructor`, `toString`) does not exist for templates.
 * Functions do not exist either.
 */
export function member(value: unknown, name: string): unknown {
  if (value === null || value === undefined || !Object.hasOwn(Object(value), name)) return undefined;
  const found: unknown = Reflect.get(Object(value), name);
  return typeof found === 'function' ? undefined : found;
}

function resolveData({ depth, parts }: PathOperand, scope: Scope): Sourced {
  let frame: Frame | undefined = scope.frame;
  for (let climbed = 0; climbed < depth; climbed += 1) frame = frame?.outer;
  const [name, ...rest] = parts;
  const variable =
    frame && name !== undefined && Object.hasOwn(frame.variables, name) ? frame.variables[name] : undefined;
  return variable ? walk(variable, rest) : { value: undefined, path: [] };
}

function findName(names: Names | undefined, name: string | undefined): Sourced | undefined {
  if (name === undefined) return undefined;
  for (let current = names; current; current = current.outer) {
    const found = current.values.get(name);
    if (found) return found;
  }
  return undefined;
}

function walk(start: Sourced, parts: readonly string[]): Sourced {
  if (parts.length === 0) return start;
  let value = start.value;
  for (const part of parts) value = member(value, part);
  return { value, path: [...start.path, ...parts] };
}

function bind(names: readonly string[], named: readonly Sourced[]): ReadonlyMap<string, Sourced> {
  return new Map(names.map((name, index) => [name, named[index] ?? { value: undefined, path: [] }]));
}
