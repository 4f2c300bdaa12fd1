import { renderTemplate } from './render-template.ts';

/**
 * The title of an entity from the template of its schema (entities.md 2.2): blanks collapsed and trimmed. An empty text means that the
 * template gave none and the caller falls back to number or id.
 * @throws TemplateError when the template cannot be rendered
 */
export function renderTitle(template: string, entity: Readonly<Record<string, unknown>>): string {
  return renderTemplate(template, entity, { escape: 'none' }).replace(/\s+/g, ' ').trim();
}
