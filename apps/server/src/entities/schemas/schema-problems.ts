import type { Problem } from '../../refusal.ts';
import { parseTemplate, TemplateError, type TemplateErrorCode } from '../../templates/index.ts';
import { FUZZY_TYPES } from '../changesets/fuzzy-match.ts';
import { isDocument } from '../model/document.ts';
import { documentProblems } from '../model/document-limits.ts';
import type { AttributeDefinition, SchemaDefinition } from './schema-definition.ts';

const SLUG = /^[a-zA-Z0-9_-]+$/;
const MOST_ATTRIBUTES = 1_000;
/** Each is rendered whenever an entity is read. */
const MOST_COMPUTED = 50;

/** What is wrong with a schema that is to be saved under `slug`, beyond what its form already excludes. */
export function schemaProblems(slug: string, definition: SchemaDefinition): Problem[] {
  const problems = documentProblems(definition, 'body');
  if (definition.slug !== slug)
    problems.push({ path: 'body.slug', message: `must be ${slug}, as in the path` });
  if (!SLUG.test(definition.slug))
    problems.push({ path: 'body.slug', message: 'may have letters, digits, _ and -' });
  if (definition.attributes.length > MOST_ATTRIBUTES) {
    problems.push({ path: 'body.attributes', message: `has more than ${MOST_ATTRIBUTES} attributes` });
  }
  const template = templateProblem(definition.title_template);
  if (template) problems.push({ path: 'body.title_template', message: template });
  if (definition.attributes.filter(({ type }) => type === 'computed').length > MOST_COMPUTED) {
    problems.push({ path: 'body.attributes', message: `has more than ${MOST_COMPUTED} computed attributes` });
  }
  return [...problems, ...attributeProblems(definition.attributes)];
}

/** What keeps a text from being a template; where `UNSUPPORTED` is tolerated, helpers and partials that are not known here may stand in it. */
function templateProblem(template: unknown, tolerated?: TemplateErrorCode): string | undefined {
  if (template === undefined || template === null) return undefined;
  if (typeof template !== 'string') return 'must be text';
  try {
    parseTemplate(template);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.code === tolerated ? undefined : error.message;
    throw error;
  }
}

function attributeProblems(attributes: readonly AttributeDefinition[]): Problem[] {
  const seen = new Set<string>();
  return attributes.flatMap((attribute, index) => {
    const path = `body.attributes[${index}]`;
    const problems: Problem[] = [];
    if (attribute.name.trim() === '') problems.push({ path: `${path}.name`, message: 'must not be blank' });
    if (seen.has(attribute.name))
      problems.push({ path: `${path}.name`, message: `${attribute.name} exists already` });
    seen.add(attribute.name);
    const fuzzy = attribute.edit_mode_config?.['fuzzy_config'];
    if (isDocument(fuzzy) && !FUZZY_TYPES.has(String(fuzzy['type']))) {
      problems.push({
        path: `${path}.edit_mode_config.fuzzy_config.type`,
        message: `must be one of ${[...FUZZY_TYPES].join(', ')}`,
      });
    }
    const start = attribute.start_number;
    if (start !== undefined && !Number.isSafeInteger(start)) {
      problems.push({ path: `${path}.start_number`, message: 'must be an integer' });
    }
    // Formatters of other systems may ask for helpers that are not known here: they give an empty text.
    const formatter =
      attribute.type === 'computed' ? templateProblem(attribute.value_formatter, 'UNSUPPORTED') : undefined;
    if (formatter) problems.push({ path: `${path}.value_formatter`, message: formatter });
    return problems;
  });
}
