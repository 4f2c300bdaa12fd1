import type { TenantQueries } from '../storage/index.ts';
import { templatesOfKeys } from './custom-variable-store.ts';

/** `{{name}}` and `{{{name}}}`: one name alone. */
const NAME = /\{\{\{?\s*([A-Za-z_][A-Za-z0-9_]{0,127})\s*\}?\}\}/g;
const DEEPEST = 3;
/** UTF-16 units; what templates render is limited anyway (templates/template-limits.ts). */
const LONGEST = 65_536;

/**
 * Templates with the organisation's custom variables in place of their names. Names that are none stay as they are, for the template to resolve;
 * so does everything when a text would become longer than a template may be. One statement per level, and none where nothing is named.
 */
export async function expandVariables(
  queries: TenantQueries,
  texts: readonly string[],
): Promise<readonly string[]> {
  let expanded = texts;
  for (let level = 0; level < DEEPEST; level += 1) {
    const keys = namesIn(expanded);
    const variables = keys.length === 0 ? undefined : await templatesOfKeys(queries, keys);
    if (!variables || variables.size === 0) return expanded;
    const isLast = level === DEEPEST - 1;
    expanded = expanded.map((text) => expandOnce(text, variables, isLast));
  }
  return expanded;
}

function namesIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(NAME)].map(([, key]) => key ?? '')))];
}

/** On the last level a variable's own names are taken out, so that one that names itself comes to an end. */
function expandOnce(text: string, variables: ReadonlyMap<string, string>, isLast: boolean): string {
  const result = text.replace(NAME, (tag, key: string) => {
    const template = variables.get(key);
    if (template === undefined) return tag;
    return isLast
      ? template.replace(NAME, (inner, name: string) => (variables.has(name) ? '' : inner))
      : template;
  });
  return result.length > LONGEST ? text : result;
}
