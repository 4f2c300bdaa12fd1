import type { Document } from '../../entities/index.ts';
import { listVariables } from '../../environments/index.ts';
import type { Organisations } from '../../identity/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

/** What every text of a portal may say: the organisation, and those of its environment variables that are plain strings (portal §3.5). */
export async function commonVariables(
  organisations: Pick<Organisations, 'get'>,
  queries: TenantQueries,
): Promise<Document> {
  const { name, profile } = await organisations.get(queries.org);
  const plain = (await listVariables(queries)).filter(
    ({ type, value }) => type === 'String' && value !== undefined,
  );
  return {
    organization: { ...profile, name, id: queries.org },
    env: Object.fromEntries(plain.map(({ key, value }) => [key, value])),
  };
}
