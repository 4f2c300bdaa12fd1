import type { Escape } from './escaping.ts';
import { interpret } from './interpret.ts';
import { parseTemplate, type Template } from './parse-template.ts';
import { DEFAULT_TEMPLATE_LIMITS, type TemplateLimits } from './template-limits.ts';

export interface RenderOptions {
  readonly escape: Escape;
  /** Tighter or wider bounds for this rendering. */
  readonly limits?: Partial<Pick<TemplateLimits, 'steps' | 'outputLength' | 'depth'>>;
}

/**
 * Renders a template from a tenant (erp-integration.md 12.4): `if`, `unless`, `each`, `with`, no other helpers, no prototype access.
 * Missing values become nothing.
 * @param template its text, or what `parseTemplate` made of it
 * @param context plain data
 * @throws TemplateError
 */
export function renderTemplate(
  template: string | Template,
  context: unknown,
  options: RenderOptions,
): string {
  const { nodes } = typeof template === 'string' ? parseTemplate(template) : template;
  const limits = { ...DEFAULT_TEMPLATE_LIMITS, ...options.limits };
  const parts = interpret(nodes, context, options.escape, limits);
  return parts.map((part) => (typeof part === 'string' ? part : `{{env.${part.key}}}`)).join('');
}
