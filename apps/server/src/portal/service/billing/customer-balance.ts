import { type Entity, findEntities, relatedIds } from '../../../entities/index.ts';
import { allOf, searchEntities } from '../../../entities/search/index.ts';
import { Refusal } from '../../../refusal.ts';
import { sql, type TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { isCredit } from '../../entities/index.ts';
import { OPEN } from './billing-event-query.ts';
import { billingEventScope } from './billing-scope.ts';
import { centsOf } from './cents.ts';

/** What a customer owes (positive) or is owed (negative). */
export interface Balance {
  readonly cents: bigint;
  /** ISO 4217. */
  readonly currency: string;
}

interface Item extends Balance {}

const DEFAULT_CURRENCY = 'EUR';
const PAGE = 1_000;

/**
 * The balance over everything the user reaches (spec/portal.md §7.2): the stored balances of billing accounts, and of contracts that none of
 * these stands for; where none is stored, open debits minus open credits. Amounts of other currencies than the one with the most items are
 * left out.
 */
export async function customerBalance(access: PortalAccess, queries: TenantQueries): Promise<Balance> {
  const stored = await storedBalances(access, queries);
  return sumOfLargestCurrency(stored.length > 0 ? stored : await openItems(access, queries));
}

async function storedBalances(access: PortalAccess, queries: TenantQueries): Promise<Item[]> {
  const schemas = ['billing_account', 'contract'].filter(
    (slug) => access.allowsSchema(slug) && access.canViewAttribute(slug, 'balance'),
  );
  if (schemas.length === 0) return [];
  const rows = await queries.query<{ id: string }>(sql`select id from (${access.reachable(schemas)}) r`);
  const entities = await findEntities(
    queries,
    rows.map(({ id }) => id),
  );
  const balanced = entities.flatMap((entity) => {
    const cents = centsOf(entity.doc['balance'], entity.doc['balance_decimal']);
    if (cents === undefined || !access.canView(entity)) return [];
    return [{ entity, cents, currency: currencyOf(entity.doc['balance_currency']) }];
  });
  const accounts = new Set(
    balanced.filter(({ entity }) => entity.schema === 'billing_account').map(({ entity }) => entity.id),
  );
  const covered = await contractsOf(queries, accounts);
  return balanced.filter(({ entity }) => !covered.has(entity.id));
}

/** The contracts whose balance a billing account states already. */
async function contractsOf(queries: TenantQueries, accounts: ReadonlySet<string>): Promise<Set<string>> {
  const related = await relatedIds(queries, [...accounts], { schema: 'contract' });
  return new Set(related.map(({ id }) => id));
}

async function openItems(access: PortalAccess, queries: TenantQueries): Promise<Item[]> {
  if (!access.allowsSchema('billing_event')) return [];
  const items: Item[] = [];
  for (let from = 0; ; from += PAGE) {
    const page = await openEvents(access, queries, from);
    items.push(...page.flatMap(itemOf));
    if (page.length < PAGE) return items;
  }
}

async function openEvents(access: PortalAccess, queries: TenantQueries, from: number): Promise<Entity[]> {
  const scope = await scopeOrNothing(access, queries.org);
  if (!scope) return [];
  const tree = allOf([{ kind: 'equal', field: '_schema', values: ['billing_event'] }, OPEN]);
  const { hits } = await searchEntities(queries, { tree, scope, from, size: PAGE });
  return hits.map(({ entity }) => entity);
}

/** A role without billing events has a balance of nothing, not an error: the operation asks about contracts. */
async function scopeOrNothing(access: PortalAccess, org: string) {
  try {
    return await billingEventScope(access, org);
  } catch (error) {
    if (error instanceof Refusal && error.status === 403) return undefined;
    throw error;
  }
}

function itemOf({ doc }: Entity): Item[] {
  const cents = centsOf(doc['billing_amount'], doc['billing_amount_decimal']);
  if (cents === undefined) return [];
  return [{ cents: isCredit(doc) ? -cents : cents, currency: currencyOf(doc['billing_currency']) }];
}

function currencyOf(value: unknown): string {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : DEFAULT_CURRENCY;
}

function sumOfLargestCurrency(items: readonly Item[]): Balance {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.currency, [...(groups.get(item.currency) ?? []), item]);
  const [largest] = [...groups].sort(([a, of], [b, than]) => than.length - of.length || (a < b ? -1 : 1));
  const [currency, members] = largest ?? [DEFAULT_CURRENCY, []];
  return { currency, cents: members.reduce((sum, { cents }) => sum + cents, 0n) };
}
