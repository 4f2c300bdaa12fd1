import { type OrganisationSchemas, relatedIds } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { matchingEntities } from '../../identifiers/index.ts';
import type { Identifiers } from '../user-hooks.ts';

/**
 * The contacts, or accounts, that all shown identifiers lead to (portal §4.3 steps 3 and 4): those with matching attributes themselves, and those
 * related to a matching entity of another schema, directly, through its contract, or as members of its account.
 */
export async function personsMatching(
  queries: TenantQueries,
  schemas: OrganisationSchemas,
  kind: 'contact' | 'account',
  identifiers: Identifiers,
): Promise<string[]> {
  let found: string[] | undefined;
  for (const [slug, values] of Object.entries(identifiers)) {
    const matches = (await matchingEntities(queries, schemas, slug, values)).map(({ id }) => id);
    const persons = slug === kind ? matches : await personsBehind(queries, kind, slug, matches);
    const before = found;
    found = before === undefined ? persons : persons.filter((id) => before.includes(id));
    if (found.length === 0) return [];
  }
  return found ?? [];
}

async function personsBehind(
  queries: TenantQueries,
  kind: 'contact' | 'account',
  slug: string,
  ids: readonly string[],
): Promise<string[]> {
  const next = async (from: readonly string[], schema: string) => [
    ...new Set((await relatedIds(queries, from, { schema })).map(({ id }) => id)),
  ];
  // A meter belongs to whoever has the contract of its point of delivery.
  const upper = slug === 'meter' ? [...ids, ...(await next(ids, 'contract'))] : ids;
  const direct = await next(upper, kind);
  if (kind === 'account') return direct;
  const accounts = slug === 'account' ? [...ids] : await next(upper, 'account');
  return [...new Set([...direct, ...(await next(accounts, 'contact'))])];
}
