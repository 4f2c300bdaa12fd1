import type { BodyOf, Operations } from '../../contract/operation-types.ts';
import type { Document, Entity } from '../../entities/index.ts';
import { groupEntities, refusedSearch, searchEntities } from '../../entities/search/index.ts';
import type { Call } from '../../http/call.ts';
import { invalid, notFound } from '../../refusal.ts';
import { activeExecutions } from '../../workflows/index.ts';
import type { PortalAccess } from '../access/index.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { contentTemplates } from './searching/content-templates.ts';
import { expandTemplates } from './searching/expand-templates.ts';
import { readHighlight } from './searching/highlight.ts';
import { type Presentation, presentEntities } from './searching/present-entities.ts';
import { planSearch, requireReadable, type SearchPlan, type SlugQuestion } from './searching/search-plan.ts';
import {
  readTemplates,
  renderOutputs,
  type Templates,
  templateContext,
} from './searching/template-output.ts';
import { isForPortals, showExecution } from './workflows/visible-workflows.ts';

const LARGEST_PAGE = 1_000;
/** Organisation setting: templates come from content only (spec/portal.md §5.6). */
const REJECT_TEMPLATES = 'portals-reject-client-templates';
const DEEPEST_PAGING = 1_000_000;

type GetBody = BodyOf<'customer-portal', 'getPortalUserEntity'>;
type SearchBody = BodyOf<'customer-portal', 'searchPortalUserEntities'>;

/** `getPortalUserEntity` and `searchPortalUserEntities` (spec/portal.md §5.4, §5.5). */
export function searchOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    getPortalUserEntity: (call) =>
      refusing(async () => {
        const access = await platform.accessOf(call);
        const { body } = call;
        const entity = await oneEntity(call, access, body, platform.clock.now());
        const written = await templatesOf(platform, call, access, body);
        const [result] = await presentEntities(call.tenant, access, [entity], {
          hydrate: body.hydrate === true,
          fields: body.fields,
          templatesOf: () => written.templates,
          marked: undefined,
        });
        return { result };
      }),

    searchPortalUserEntities: (call) =>
      refusing(async () => {
        const access = await platform.accessOf(call);
        const { body } = call;
        if ((body.from ?? 0) > DEEPEST_PAGING) {
          throw invalid({ path: 'body.from', message: `must not be beyond ${DEEPEST_PAGING}` });
        }
        const slugs = slugQuestions(body);
        for (const { slug } of slugs) access.requireSchema(slug);
        const plan = await planSearch(call, access, { ...body, slugs }, platform.clock.now());
        const { presentation, groupTitle } = await presentationOf(platform, call, access, body, slugs, plan);
        return body.group === undefined
          ? flatPage(call, access, plan, presentation, body)
          : groupedPage(call, access, plan, presentation, { ...body, group_title: groupTitle }, body.group);
      }),
  };
}

/** The entity asked for: by id, the caller's own for `contact` and `portal_user`, otherwise the newest that matches. */
async function oneEntity(
  call: Call<unknown>,
  access: PortalAccess,
  body: GetBody,
  now: Date,
): Promise<Entity> {
  const { slug } = body;
  const own = { contact: access.user.contactId, portal_user: access.user.portalUserId }[slug];
  const id = body.entity_id ?? own;
  const { filters, filters_context, targets } = body;
  const hasConditions = [filters, filters_context, targets].some((list) => list && list.length > 0);
  if (id !== undefined) {
    const entity = await access.load(slug, id);
    if (!hasConditions) return entity;
  }
  const question = { slugs: [{ slug, targets }], id, filters, filters_context };
  const { search, sort } = await planSearch(call, access, question, now);
  const { hits } = await searchEntities(call.tenant, { ...search, sort, size: 1 });
  const [found] = hits.map(({ entity }) => entity).filter((entity) => access.canView(entity));
  if (!found) throw notFound('The entity', 'ENTITY_NOT_FOUND');
  return found;
}

function slugQuestions(
  body: Pick<SearchBody, 'slug' | 'targets' | 'templates' | 'templates_ref'>,
): SlugQuestion[] {
  const written = Array.isArray(body.slug) ? body.slug : [body.slug];
  const { targets, templates, templates_ref } = body;
  return written.map((one: string | SlugQuestion) => {
    const own = typeof one === 'string' ? { slug: one } : one;
    return {
      slug: own.slug,
      targets: own.targets ?? targets,
      templates: own.templates ?? templates,
      templates_ref: own.templates_ref ?? templates_ref,
    };
  });
}

/** Templates by content, or else by the request; an organisation may refuse the latter. */
async function templatesOf(
  { pages, settingOf }: PortalEntitiesPlatform,
  call: Call<unknown>,
  access: PortalAccess,
  { templates, templates_ref }: Pick<SlugQuestion, 'templates' | 'templates_ref'>,
): Promise<{ templates: Templates | undefined; groupTitle: string | undefined }> {
  const content = await contentTemplates(call.tenant, pages, access.portal, templates_ref);
  if (content) return { ...content, templates: await expandTemplates(call.tenant, content.templates) };
  if (templates !== undefined && (await settingOf(access.user.org, REJECT_TEMPLATES)) === true) {
    throw invalid({ path: 'body.templates', message: 'is not accepted here; use templates_ref' });
  }
  return { templates: await expandTemplates(call.tenant, readTemplates(templates)), groupTitle: undefined };
}

async function presentationOf(
  platform: PortalEntitiesPlatform,
  call: Call<unknown>,
  access: PortalAccess,
  body: SearchBody,
  slugs: readonly SlugQuestion[],
  plan: SearchPlan,
): Promise<{ presentation: Presentation; groupTitle: string | undefined }> {
  const templates = new Map<string, Templates | undefined>();
  let groupTitle = body.group_title;
  for (const one of slugs) {
    const written = await templatesOf(platform, call, access, one);
    templates.set(one.slug, written.templates);
    groupTitle = written.groupTitle ?? groupTitle;
  }
  const presentation = {
    hydrate: body.hydrate === true,
    fields: body.fields,
    templatesOf: (slug: string) => templates.get(slug),
    marked: body.highlight === undefined ? undefined : readHighlight(body.highlight, plan.words),
  };
  return { presentation, groupTitle };
}

async function flatPage(
  call: Call<unknown>,
  access: PortalAccess,
  { search, sort }: SearchPlan,
  presentation: Presentation,
  body: SearchBody,
): Promise<object> {
  const from = body.from ?? 0;
  const size = Math.min(body.size ?? 100, LARGEST_PAGE);
  const { total, hits } = await searchEntities(call.tenant, { ...search, sort, from, size });
  const entities = hits.map(({ entity }) => entity).filter((entity) => access.canView(entity));
  return {
    results: await presentEntities(call.tenant, access, entities, presentation),
    pagination: { from, size, total, has_more: from + hits.length < total },
    hits: entities.length,
    ...(await includesOf(call, access, entities, body)),
  };
}

async function groupedPage(
  call: Call<unknown>,
  access: PortalAccess,
  { search, sort }: SearchPlan,
  presentation: Presentation,
  body: Omit<SearchBody, 'group_title'> & { readonly group_title: string | undefined },
  field: string,
): Promise<object> {
  const groupBy = field.replace(/\.keyword$/, '');
  const slugs = slugQuestions(body).map(({ slug }) => slug);
  const relation = requireReadable(access, slugs, groupBy, 'body.group');
  const from = body.from ?? 0;
  const size = Math.min(body.size ?? 100, LARGEST_PAGE);
  const page = await groupEntities(call.tenant, {
    ...search,
    groupBy,
    followsRelation: relation !== undefined,
    descending: body.group_sort === 'desc',
    groups: body.group_size ?? 100,
    after: afterKey(body.group_after_key, groupBy),
    from,
    size,
    sort,
  });
  const found = page.groups.flatMap(({ entities }) => entities);
  const presented = await presentEntities(call.tenant, access, found, presentation);
  const byId = new Map(found.map((entity, at) => [entity.id, presented[at]]));
  const titles = await groupTitles(call, access, page.groups, body.group_title);
  const last = page.groups.at(-1);
  return {
    groups: page.groups.map(({ key, count, entities }, at) => ({
      group: key,
      group_title: titles[at] ?? key,
      count,
      results: entities.filter((entity) => access.canView(entity)).map(({ id }) => byId.get(id)),
      pagination: { from, size, total: count, has_more: from + entities.length < count },
    })),
    groups_pagination: { has_more: page.hasMore, ...(last ? { after_key: { [groupBy]: last.key } } : {}) },
    hits: page.groups.length,
    ...(await includesOf(call, access, found, body)),
  };
}

/** Group titles are written about the first entity of each group. */
async function groupTitles(
  call: Call<unknown>,
  access: PortalAccess,
  groups: readonly { readonly key: string; readonly entities: readonly Entity[] }[],
  template: string | undefined,
): Promise<(string | undefined)[]> {
  if (template === undefined) return [];
  const templates = { title: template };
  const firsts = groups.flatMap(({ entities }) => entities.slice(0, 1));
  const shown: Document[] = firsts.map((entity) => access.shownAttributes(entity));
  const contexts = await templateContext(call.tenant, access, shown, firsts, () => templates);
  return groups.map(({ entities }) => {
    const [first] = entities;
    if (!first) return undefined;
    const at = firsts.indexOf(first);
    const context = contexts.of(at, first.schema);
    // A group's title may leave the slug out: `{{customer[Primary].first_name}}`.
    const { title } = renderOutputs(templates, { ...asMembers(context[first.schema]), ...context });
    return typeof title === 'string' && title !== '' ? title : undefined;
  });
}

function asMembers(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** `after_key` as it was answered: an object with the group's field. */
function afterKey(key: SearchBody['group_after_key'], field: string): string | undefined {
  const values = Object.entries(key ?? {});
  const value = values.find(([name]) => name === field)?.[1] ?? values[0]?.[1];
  return value === undefined ? undefined : String(value);
}

async function includesOf(
  call: Call<unknown>,
  access: PortalAccess,
  entities: readonly Entity[],
  body: Pick<SearchBody, 'include'>,
): Promise<object> {
  if (!body.include?.includes('active_workflow')) return {};
  const executions = await activeExecutions(
    call.tenant,
    entities.map(({ id }) => id),
  );
  const shown = [...executions].filter(([, execution]) => isForPortals(execution));
  return {
    includes: {
      active_workflow: Object.fromEntries(
        shown.map(([id, execution]) => [id, showExecution(execution, access.portal.origin)]),
      ),
    },
  };
}

async function refusing(work: () => Promise<object>): Promise<object> {
  try {
    return await work();
  } catch (error) {
    throw refusedSearch(error, { query: 'body.q', sort: 'body.sort' }) ?? error;
  }
}
