import { type Document, type Entity, selectFields } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { type HighlightWish, highlighted, highlights, searchSnippet } from './highlight.ts';
import { hydrateRelated } from './hydrate-related.ts';
import { renderOutputs, type Templates, templateContext } from './template-output.ts';

/** How found entities are shown. */
export interface Presentation {
  readonly hydrate: boolean;
  readonly fields: readonly string[] | undefined;
  readonly templatesOf: (slug: string) => Templates | undefined;
  /** What to mark; undefined: no highlighting is asked for. */
  readonly marked: HighlightWish | undefined;
}

/**
 * The JSON of found entities: visible attributes, then hydration, templates over what is visible, and the selected fields
 * (spec/portal.md §5.4).
 */
export async function presentEntities(
  queries: TenantQueries,
  access: PortalAccess,
  entities: readonly Entity[],
  presentation: Presentation,
): Promise<Document[]> {
  const shown = entities.map((entity) => access.shownAttributes(entity));
  const full = presentation.hydrate
    ? await hydrateRelated(access, shown, { hidden: 'reference', strictly: false, holders: entities })
    : shown;
  const context = await templateContext(queries, access, shown, entities, presentation.templatesOf);
  return entities.map((entity, at) => {
    const templates = presentation.templatesOf(entity.schema);
    const document = selectFields(full[at] ?? {}, presentation.fields);
    const output = templates && renderOutputs(templates, context.of(at, entity.schema));
    const { marked } = presentation;
    const snippet = marked && searchSnippet(shown[at] ?? {}, marked.words);
    const fragments = marked && highlights(shown[at] ?? {}, marked);
    return {
      ...document,
      ...(output ? { templates_output: output } : {}),
      ...(output && marked ? { templates_output_highlighted: highlighted(output, marked.words) } : {}),
      ...(fragments ? { highlight: fragments } : {}),
      ...(snippet ? { search_snippets: [snippet] } : {}),
    };
  });
}
