import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { invalid, notFound } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { AccessPortal } from '../../access/index.ts';
import type { PortalPages } from '../../config/index.ts';
import type { Templates } from './template-output.ts';

/** Content members that hold templates for entities (spec/portal.md §3.5); `group_title` is for groups. */
const TEMPLATE =
  /^(?:entity_title|content_top_name|main_content_name|content_bottom_name|\w+_(?:top|main|bottom)_name)$/;

/** Templates that administrators have written, and the title of groups where they come with one. */
export interface ContentTemplates {
  readonly templates: Templates;
  readonly groupTitle: string | undefined;
}

/**
 * The templates that a `templates_ref` names (contract schema `TemplatesRef`): of a block, of a configuration item in it, of every block of a
 * page under its id, or of an item of the portal's global search.
 * @throws Refusal 400 for members that exclude or miss each other, 404 for content that does not exist
 */
export async function contentTemplates(
  queries: TenantQueries,
  pages: Pick<PortalPages, 'list'>,
  portal: AccessPortal,
  reference: unknown,
): Promise<ContentTemplates | undefined> {
  const ref = asObject(reference);
  const [page, block, config, search] = ['page_id', 'block_id', 'config_id', 'global_search_config_id'].map(
    (name) => textOf(ref[name]),
  );
  checkReference({ page, block, config, search });
  if (search !== undefined) return templatesOf(itemWithId(globalSearch(portal.config), search));
  if (page === undefined) return undefined;
  const found = (await pages.list(queries, portal.portalId)).find(({ id }) => id === page);
  if (!found) throw unknownContent();
  const blocks = Object.entries(asObject(found['blocks'])).map(
    ([id, one]) => [id, contentOf(asObject(one))] as const,
  );
  if (block === undefined) {
    const nested = blocks.map(([id, content]) => [id, templatesOf(content).templates] as const);
    return {
      templates: Object.fromEntries(nested.filter(([, one]) => Object.keys(one).length > 0)),
      groupTitle: undefined,
    };
  }
  const content = blocks.find(([id]) => id === block)?.[1];
  if (!content) throw unknownContent();
  return templatesOf(config === undefined ? content : itemWithId(content, config));
}

interface Reference {
  readonly page: string | undefined;
  readonly block: string | undefined;
  readonly config: string | undefined;
  readonly search: string | undefined;
}

function checkReference({ page, block, config, search }: Reference): void {
  const path = 'body.templates_ref';
  if (search !== undefined && page !== undefined) {
    throw invalid({ path: `${path}.global_search_config_id`, message: 'excludes page_id' });
  }
  if (block !== undefined && page === undefined)
    throw invalid({ path: `${path}.page_id`, message: 'is required with block_id' });
  if (config !== undefined && block === undefined)
    throw invalid({ path: `${path}.block_id`, message: 'is required with config_id' });
}

/** The global search stands in the portal's UI settings, which are JSON text. */
function globalSearch(config: JsonObject): JsonObject {
  const settings = textOf(config['config']);
  if (settings === undefined) return {};
  try {
    return { global_search: asObject(JSON.parse(settings))['global_search'] };
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function contentOf(block: JsonObject): JsonObject {
  return asObject(asObject(block['props'])['content']);
}

/** The item with an id in one of the lists of a content. */
function itemWithId(content: JsonObject, id: string): JsonObject {
  const items = Object.values(content).flatMap((value): unknown[] => (Array.isArray(value) ? value : []));
  const item = items.map(asObject).find((one) => one['id'] === id);
  if (!item) throw unknownContent();
  return item;
}

function templatesOf(content: JsonObject): ContentTemplates {
  const texts = Object.entries(content).flatMap(([name, value]): [string, string][] => {
    const text = textOf(value);
    return text !== undefined && TEMPLATE.test(name) ? [[name, text]] : [];
  });
  return { templates: Object.fromEntries(texts), groupTitle: textOf(content['group_title']) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unknownContent() {
  return notFound('The content that templates_ref names', 'CONTENT_NOT_FOUND');
}
