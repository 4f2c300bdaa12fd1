import { splitEnvironmentPlaceholders } from './environment-text.ts';
import {
  isBlock,
  isComment,
  isContent,
  isEmptyLiteral,
  isLiteral,
  isMustache,
  isPath,
} from './handlebars-tree.ts';
import { TemplateError } from './template-error.ts';
import type { Operand, PathOperand, TemplateNode } from './template-tree.ts';

export interface BuildOptions {
  /** Deepest nesting of blocks. */
  readonly depth: number;
  /** Read `{{env.key}}` and the escaped `\{{env.key}}` as placeholders instead of paths and text. */
  readonly environment: boolean;
}

/**
 * Turns the parser's tree into ours and refuses what we do not interpret: helpers other than if, unless, each and with, partials,
 * decorators, subexpressions (erp-integration.md 12.4).
 * @throws TemplateError `UNSUPPORTED`, `TOO_DEEP`
 */
export function buildTree(
  program: hbs.AST.Program | undefined,
  options: BuildOptions,
  level = 0,
): readonly TemplateNode[] {
  if (!program) return [];
  if (level > options.depth)
    throw new TemplateError('TOO_DEEP', `Blocks are nested more than ${options.depth} deep`, at(program));
  return program.body.flatMap((statement) => buildNode(statement, options, level));
}

function buildNode(
  statement: hbs.AST.Statement,
  options: BuildOptions,
  level: number,
): readonly TemplateNode[] {
  if (isContent(statement)) return buildText(statement.value, options);
  if (isComment(statement)) return [];
  if (isMustache(statement)) return [buildValue(statement, options)];
  if (isBlock(statement)) return [buildBlock(statement, options, level)];
  throw unsupported('Partials and decorators', statement);
}

function buildText(text: string, options: BuildOptions): readonly TemplateNode[] {
  if (text === '') return [];
  return options.environment ? splitEnvironmentPlaceholders(text) : [{ kind: 'text', text }];
}

function buildValue(statement: hbs.AST.MustacheStatement, options: BuildOptions): TemplateNode {
  if (statement.params.length > 0 || statement.hash)
    throw unsupported(`The helper "${nameOf(statement.path)}"`, statement);
  const operand = buildSubject(statement.path);
  if (options.environment && isEnvironmentPath(operand)) {
    return { kind: 'environment', key: operand.parts.slice(1).join('.') };
  }
  return { kind: 'value', operand, raw: !statement.escaped };
}

function buildBlock(block: hbs.AST.BlockStatement, options: BuildOptions, level: number): TemplateNode {
  const name = isPath(block.path) ? block.path.original : '';
  const body = buildTree(block.program, options, level + 1);
  const otherwise = buildTree(block.inverse, options, level + 1);
  const names = block.program?.blockParams ?? block.inverse?.blockParams ?? [];
  if (name === 'if' || name === 'unless') {
    if (names.length > 0) throw unsupported(`"as |...|" with "${name}"`, block);
    const operand = onlyParameter(block, name, options);
    return {
      kind: 'condition',
      operand,
      negated: name === 'unless',
      includeZero: readIncludeZero(block),
      body,
      otherwise,
    };
  }
  if (block.hash) throw unsupported(`Named parameters of "${name}"`, block);
  if (name === 'each' || name === 'with') {
    return { kind: name, operand: onlyParameter(block, name, options), names, body, otherwise };
  }
  if (block.params.length > 0) throw unsupported(`The helper "${nameOf(block.path)}"`, block);
  return {
    kind: 'section',
    operand: refuseEnvironment(buildSubject(block.path), options, block),
    names,
    body,
    otherwise,
  };
}

function onlyParameter(block: hbs.AST.BlockStatement, name: string, options: BuildOptions): Operand {
  const [parameter] = block.params;
  if (!parameter || block.params.length > 1)
    throw unsupported(`"${name}" with anything but one parameter`, block);
  return refuseEnvironment(buildOperand(parameter), options, block);
}

function readIncludeZero(block: hbs.AST.BlockStatement): boolean {
  if (!block.hash) return false;
  const [pair] = block.hash.pairs;
  if (block.hash.pairs.length === 1 && pair?.key === 'includeZero' && isLiteral(pair.value))
    return Boolean(pair.value.value);
  throw unsupported('Named parameters other than includeZero', block);
}

function buildOperand(expression: hbs.AST.Expression): Operand {
  if (isPath(expression)) return buildPath(expression);
  if (isLiteral(expression)) return { kind: 'literal', value: expression.value };
  if (isEmptyLiteral(expression))
    return { kind: 'literal', value: expression.type === 'NullLiteral' ? null : undefined };
  throw unsupported('Subexpressions', expression);
}

/** In the place of a path, a literal is the name of a field: `{{"street name"}}`, `{{12}}`. */
function buildSubject(expression: hbs.AST.Expression): PathOperand {
  if (isPath(expression)) return buildPath(expression);
  if (isLiteral(expression)) return field(String(expression.original));
  if (isEmptyLiteral(expression)) return field(expression.type === 'NullLiteral' ? 'null' : 'undefined');
  throw unsupported('Subexpressions', expression);
}

function field(name: string): PathOperand {
  return { kind: 'path', data: false, depth: 0, parts: [name], scoped: false };
}

function buildPath({ data, depth, parts, original }: hbs.AST.PathExpression): PathOperand {
  return { kind: 'path', data, depth, parts, scoped: /^\.|this\b/.test(original) };
}

function refuseEnvironment(operand: Operand, options: BuildOptions, node: hbs.AST.Node): Operand {
  if (options.environment && operand.kind === 'path' && isEnvironmentPath(operand)) {
    throw unsupported('An environment variable as a condition', node);
  }
  return operand;
}

function isEnvironmentPath({ data, depth, parts }: PathOperand): boolean {
  return !data && depth === 0 && parts[0] === 'env';
}

function nameOf(expression: hbs.AST.Expression): string {
  return isPath(expression) ? expression.original : expression.type;
}

function unsupported(what: string, node: hbs.AST.Node): TemplateError {
  return new TemplateError('UNSUPPORTED', `${what} cannot be used in templates`, at(node));
}

function at(node: hbs.AST.Node): { line: number } | undefined {
  return node.loc ? { line: node.loc.start.line } : undefined;
}
