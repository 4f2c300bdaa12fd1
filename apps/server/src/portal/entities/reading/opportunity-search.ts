import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { type Document, type Entity, findEntities, relationItems } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { visibleWorkflowsOf } from '../workflows/visible-workflows.ts';
import { addressLines } from './address-line.ts';
import { listEntities } from './list-entities.ts';

const ADDRESSES = ['address', 'billing_address', 'delivery_address'] as const;
const ALWAYS = [
  '_id',
  '_title',
  '_org',
  '_schema',
  '_tags',
  '_created_at',
  '_updated_at',
  '_purpose',
] as const;
const PAGE = 1_000;
/** More opportunities of one user are not looked through. */
const MOST = 20_000;

/** What installers filter opportunities by (spec/portal.md §5.10). Lists: one must match; different lists: all must. */
export interface OpportunityFilter {
  /** Whole addresses in one line. */
  readonly addresses?: readonly string[] | undefined;
  /** Titles of customers. */
  readonly customers?: readonly string[] | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly workflows?: readonly unknown[] | undefined;
}

/** Opportunities with what filters are built from: addresses, customers by title, purposes and workflows. Two statements for all of them. */
export async function filterableOpportunities(
  queries: TenantQueries,
  access: PortalAccess,
  opportunities: readonly Entity[],
): Promise<Document[]> {
  const shown = opportunities.map((opportunity) => access.shownAttributes(opportunity));
  const customers = await customersOf(queries, access, shown);
  const workflows = await visibleWorkflowsOf(
    queries,
    access,
    opportunities.map(({ id }) => id),
  );
  return opportunities.map(({ id }, at) => ({
    ...keptOf(shown[at] ?? {}),
    customer: customerIds(shown[at] ?? {}).flatMap((one) => customers.get(one) ?? []),
    workflows: (workflows.get(id) ?? []).map(({ definitionId, name }) => ({
      defition_id: definitionId,
      definition_id: definitionId,
      name,
    })),
  }));
}

function keptOf(shown: Document): Document {
  const kept = [...ALWAYS, ...ADDRESSES].filter((name) => shown[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, shown[name]]));
}

function customerIds(shown: Document): string[] {
  return (relationItems(shown['customer']) ?? []).map(({ entity_id }) => entity_id);
}

/** Related customers with their titles; those the user may not see are left out. */
async function customersOf(
  queries: TenantQueries,
  access: PortalAccess,
  shown: readonly Document[],
): Promise<ReadonlyMap<string, readonly Document[]>> {
  const found = await findEntities(queries, shown.flatMap(customerIds));
  return new Map(
    found
      .filter((customer) => access.canView(customer))
      .map(({ id, schema, title }) => [id, [{ entity_id: id, _id: id, _schema: schema, _title: title }]]),
  );
}

/** The opportunities in reach that a filter lets pass, newest first. */
export async function filterOpportunities(
  queries: TenantQueries,
  access: PortalAccess,
  filter: OpportunityFilter,
): Promise<Entity[]> {
  const passed: Entity[] = [];
  for (let from = 0; from < MOST; from += PAGE) {
    const { total, entities } = await listEntities(queries, access, ['opportunity'], { from, size: PAGE });
    const facts = await filterableOpportunities(queries, access, entities);
    passed.push(...entities.filter((_entity, at) => passes(facts[at] ?? {}, filter)));
    if (from + PAGE >= total) break;
  }
  return passed;
}

function passes(facts: Document, filter: OpportunityFilter): boolean {
  const titles = listOf(facts['customer']).map((customer) => customer['_title']);
  const purposes = Array.isArray(facts['_purpose']) ? facts['_purpose'] : [];
  const lines = addressLines(facts, ADDRESSES).map(comparable);
  return (
    some(filter.addresses, (address) => lines.some((line) => isAddress(line, comparable(address)))) &&
    some(filter.customers, (title) => titles.includes(title)) &&
    some(filter.purposes, (purpose) => purposes.includes(purpose)) &&
    some(filter.workflows?.flat(), (wanted) =>
      listOf(facts['workflows']).some((one) => isWorkflow(one, asObject(wanted))),
    )
  );
}

/** An empty or missing list is no condition. */
function some<T>(wanted: readonly T[] | undefined, holds: (one: T) => boolean): boolean {
  return !wanted || wanted.length === 0 || wanted.some(holds);
}

/** With or without the country. */
function isAddress(line: string, wanted: string): boolean {
  return line === wanted || line.startsWith(`${wanted},`);
}

function comparable(line: string): string {
  return line.toLowerCase().replace(/\s+/g, ' ').trim();
}

function isWorkflow(workflow: JsonObject, { defition_id: definition, name }: JsonObject): boolean {
  if (definition === undefined && name === undefined) return false;
  return (
    (definition === undefined || workflow['defition_id'] === definition) &&
    (name === undefined || workflow['name'] === name)
  );
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
