import { compileMapping, type MappingPlan } from '@busbar/mapping';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Routable } from '../inbound/route-event.ts';
import type { UseCaseType } from '../use-cases/use-case.ts';

/** A use case as the pipeline sees it. */
export interface PlannedUseCase extends Routable {
  readonly version: number;
}

const MOST_PLANS = 1_000;

/** Compiled mappings by use case and version; the least recently used go first. */
const plans = new Map<string, MappingPlan>();

/** The use cases of an integration, oldest first, without their configurations; undefined when the integration does not exist. */
export async function readRoutingTable(
  queries: TenantQueries,
  integrationId: string,
): Promise<PlannedUseCase[] | undefined> {
  const rows = await queries.query<{
    id: string | null;
    name: string;
    slug: string | null;
    type: UseCaseType;
    enabled: boolean;
    version: number;
  }>(sql`
    select u.id, u.name, u.slug, u.type, u.enabled, u.version
      from integration i left join use_case u on u.org_id = i.org_id and u.integration_id = i.id
     where i.org_id = ${queries.org} and i.id = ${integrationId} order by u.position`);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ id, slug, ...rest }) =>
    id === null ? [] : [{ ...rest, id, slug: slug ?? undefined }],
  );
}

/**
 * The compiled mapping of a use case. A use case without a configuration maps nothing.
 * @throws MappingConfigurationError when the stored configuration cannot be used
 */
export async function planOf(queries: TenantQueries, useCase: PlannedUseCase): Promise<MappingPlan> {
  const key = `${queries.org} ${useCase.id} ${useCase.version}`;
  const known = plans.get(key);
  if (known) {
    plans.delete(key);
    plans.set(key, known);
    return known;
  }
  const row = await queries.first<{ configuration: unknown; version: number }>(sql`
    select configuration, version from use_case where org_id = ${queries.org} and id = ${useCase.id}`);
  const plan = compileMapping(row?.configuration ?? {});
  plans.set(`${queries.org} ${useCase.id} ${row?.version ?? useCase.version}`, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= MOST_PLANS) break;
    plans.delete(oldest);
  }
  return plan;
}
