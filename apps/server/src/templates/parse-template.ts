import Handlebars from 'handlebars';
import { buildTree } from './build-tree.ts';
import { checkNesting } from './check-nesting.ts';
import { TemplateError } from './template-error.ts';
import { DEFAULT_TEMPLATE_LIMITS } from './template-limits.ts';
import type { TemplateNode } from './template-tree.ts';

/** A parsed template. */
export interface Template {
  readonly nodes: readonly TemplateNode[];
}

export interface ParseOptions {
  /** Read `{{env.key}}` and `\{{env.key}}` as environment placeholders. Default false: `env` is a field like any other. */
  readonly environment?: boolean;
}

/** Bounds the memory of the cache: together the texts are shorter than this (UTF-16 units), and their trees a small multiple. */
const CACHED_LENGTH = 1_048_576;

/** Least recently used first. */
const cache = new Map<string, Template>();
let cachedLength = 0;

/**
 * Parses a template and keeps the result for the next time. The syntax is that of Handlebars; its parser is used, its compiler is not.
 * @throws TemplateError `SYNTAX`, `UNSUPPORTED`, `TOO_LARGE`, `TOO_DEEP`
 */
export function parseTemplate(text: string, { environment = false }: ParseOptions = {}): Template {
  if (text.length > DEFAULT_TEMPLATE_LIMITS.templateLength) {
    throw new TemplateError(
      'TOO_LARGE',
      `The template has more than ${DEFAULT_TEMPLATE_LIMITS.templateLength} characters`,
    );
  }
  const key = `${environment ? 'e' : 'p'}${text}`;
  const known = cache.get(key);
  if (known) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  checkNesting(text, DEFAULT_TEMPLATE_LIMITS.depth);
  const template = { nodes: buildTree(parse(text), { depth: DEFAULT_TEMPLATE_LIMITS.depth, environment }) };
  remember(key, template);
  return template;
}

function parse(text: string): hbs.AST.Program {
  try {
    return Handlebars.parse(text);
  } catch (cause) {
    // The parser's whitespace pass recurses into blocks; the stack ends long before our depth is reached.
    if (cause instanceof RangeError)
      throw new TemplateError('TOO_DEEP', 'Blocks are nested too deep', { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TemplateError('SYNTAX', reason.slice(0, 500), { cause });
  }
}

function remember(key: string, template: Template): void {
  cache.set(key, template);
  cachedLength += key.length;
  for (const oldest of cache.keys()) {
    if (cachedLength <= CACHED_LENGTH) return;
    cache.delete(oldest);
    cachedLength -= oldest.length;
  }
}
