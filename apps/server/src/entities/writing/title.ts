import { renderTitle, TemplateError } from '../../templates/index.ts';
import type { Document } from '../model/document.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';

const LONGEST_TITLE = 1_000;

/**
 * The title of an entity (spec/entities.md §2.2): the schema's template; when that gives nothing, or the schema has none, `sent` (a title a
 * client gave, for schemas without template); then the first filled number attribute; then the id. At most 1,000 characters.
 */
export function entityTitle(
  schema: EntitySchema,
  id: string,
  doc: Document,
  sent: string | undefined,
): string {
  const title = schema.titleTemplate
    ? rendered(schema.titleTemplate, { ...doc, _id: id, _schema: schema.slug })
    : sent;
  return (title || numberOf(schema, doc) || id).slice(0, LONGEST_TITLE).toWellFormed();
}

/** A template that fails on this entity (too much output, too many steps) must not keep the entity from being stored. */
function rendered(template: string, context: Document): string {
  try {
    return renderTitle(template, context);
  } catch (error) {
    if (error instanceof TemplateError) return '';
    throw error;
  }
}

function numberOf(schema: EntitySchema, doc: Document): string {
  const names = schema.attributes
    .filter(({ name, type }) => type === 'sequence' || name.endsWith('_number'))
    .map(({ name }) => doc[name]);
  const filled = names.find(
    (value) => (typeof value === 'string' && value.trim() !== '') || typeof value === 'number',
  );
  return filled === undefined ? '' : String(filled).trim();
}
