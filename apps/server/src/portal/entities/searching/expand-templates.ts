import type { TenantQueries } from '../../../storage/index.ts';
import { expandVariables } from '../../../template-variables/index.ts';
import type { Templates } from './template-output.ts';

/** Templates with the organisation's custom variables in place of their names (spec/portal.md §5.6). */
export async function expandTemplates(
  queries: TenantQueries,
  templates: Templates | undefined,
): Promise<Templates | undefined> {
  if (!templates) return undefined;
  const texts = textsIn(templates);
  const expanded = await expandVariables(queries, texts);
  const byText = new Map(texts.map((text, at) => [text, expanded[at] ?? text]));
  return replaced(templates, byText);
}

function textsIn(templates: Templates): string[] {
  return Object.values(templates).flatMap((one) => (typeof one === 'string' ? [one] : textsIn(one)));
}

function replaced(templates: Templates, byText: ReadonlyMap<string, string>): Templates {
  return Object.fromEntries(
    Object.entries(templates).map(([name, one]) => [
      name,
      typeof one === 'string' ? (byText.get(one) ?? one) : replaced(one, byText),
    ]),
  );
}
