import { sql, type TenantQueries } from '../../storage/index.ts';
import type { UseCaseType } from '../use-cases/use-case.ts';
import type { Routable } from './route-event.ts';

/** The use cases of an integration, oldest first, and the state they were in when they were read. */
export interface KnownUseCases {
  readonly routing: string;
  readonly table: readonly Routable[];
}

/** Integrations of which the use cases are kept; the least recently read go first. */
const MOST_INTEGRATIONS = 2_000;

/**
 * The use cases of one organisation's integrations, kept in memory. What is kept may be old: whoever acts on it says by which state (`routing`), and
 * forgets it when the database says that it has changed.
 */
export class UseCaseMemory {
  readonly #known = new Map<string, KnownUseCases>();

  /** By integration; integrations that do not exist are missing. */
  async read(queries: TenantQueries, integrationIds: readonly string[]): Promise<Map<string, KnownUseCases>> {
    const wanted = [...new Set(integrationIds)];
    const unknown = wanted.filter((id) => !this.#known.has(id));
    if (unknown.length > 0)
      for (const [id, found] of await readUseCases(queries, unknown)) this.#keep(id, found);
    return new Map(
      wanted.flatMap((id) => {
        const known = this.#known.get(id);
        return known ? [[id, known]] : [];
      }),
    );
  }

  forget(integrationIds: Iterable<string>): void {
    for (const id of integrationIds) this.#known.delete(id);
  }

  #keep(id: string, found: KnownUseCases): void {
    this.#known.set(id, found);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_INTEGRATIONS) break;
      this.#known.delete(oldest);
    }
  }
}

async function readUseCases(
  queries: TenantQueries,
  integrationIds: readonly string[],
): Promise<Map<string, KnownUseCases>> {
  const rows = await queries.query<{
    integration_id: string;
    routing: string;
    id: string | null;
    name: string;
    slug: string | null;
    type: UseCaseType;
    enabled: boolean;
  }>(sql`
    select i.id as integration_id, inbound_routing(i.org_id, i.id) as routing, u.id, u.name, u.slug, u.type, u.enabled
      from integration i left join use_case u on u.org_id = i.org_id and u.integration_id = i.id
     where i.org_id = ${queries.org} and i.id = any(${[...integrationIds]}::uuid[]) order by u.position`);
  return new Map(
    [...Map.groupBy(rows, ({ integration_id }) => integration_id)].map(([integrationId, found]) => [
      integrationId,
      {
        routing: found[0]?.routing ?? '',
        table: found.flatMap(({ id, name, slug, type, enabled }) =>
          id === null ? [] : [{ id, name, slug: slug ?? undefined, type, enabled }],
        ),
      },
    ]),
  );
}
