import { splitEnvironmentPlaceholders } from './environment-text.ts';
import { interpret, type RenderedPart } from './interpret.ts';
import { parseTemplate } from './parse-template.ts';
import type { RenderOptions } from './render-template.ts';
import { TemplateError } from './template-error.ts';
import { DEFAULT_TEMPLATE_LIMITS } from './template-limits.ts';

/** Gives the value of an environment variable of the organisation, undefined when it has none. */
export type EnvironmentLookup = (key: string) => string | undefined | Promise<string | undefined>;

/** A key without a value. The action that needs it fails with category `configuration`; nothing is sent (erp-integration.md 1.5). */
export class MissingVariableError extends TemplateError {
  readonly key: string;

  constructor(key: string) {
    super('MISSING_VARIABLE', `The environment variable "${key}" has no value`);
    this.name = 'MissingVariableError';
    this.key = key;
  }
}

/**
 * Replaces `{{ env.key }}` and `\{{env.key}}` in a text that is no template: URL, header fields and credentials of a webhook, results of
 * expressions. Values are inserted as they are and not looked at again.
 * @throws MissingVariableError naming the first key without a value; errors of the lookup as they are
 */
export async function replaceEnvironmentPlaceholders(
  text: string,
  lookup: EnvironmentLookup,
): Promise<string> {
  return fill(
    splitEnvironmentPlaceholders(text).map((piece) => (piece.kind === 'text' ? piece.text : piece)),
    lookup,
  );
}

/**
 * Renders a template that mixes Handlebars and `{{env.key}}` (erp-integration.md 12.4). The placeholders are taken out when the template is
 * parsed: secrets never meet the engine, and a placeholder that arrives inside a value (a query parameter, an answer of the archive) stays
 * text, so that nobody but the author of the template can ask for a secret.
 * @throws TemplateError; MissingVariableError naming the first key without a value; errors of the lookup as they are
 */
export async function renderTemplateWithEnvironment(
  template: string,
  context: unknown,
  lookup: EnvironmentLookup,
  options: RenderOptions,
): Promise<string> {
  const { nodes } = parseTemplate(template, { environment: true });
  const limits = { ...DEFAULT_TEMPLATE_LIMITS, ...options.limits };
  return fill(interpret(nodes, context, options.escape, limits), lookup);
}

async function fill(parts: readonly RenderedPart[], lookup: EnvironmentLookup): Promise<string> {
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      texts.push(part);
      continue;
    }
    const value = await lookup(part.key);
    if (value === undefined) throw new MissingVariableError(part.key);
    texts.push(value);
  }
  return texts.join('');
}
