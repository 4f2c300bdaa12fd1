import { compileMapping, MappingConfigurationError, type MappingPlan } from '@busbar/mapping';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { Routable } from '../inbound/route-event.ts';
import type { UseCaseConfiguration, UseCaseType } from '../use-cases/use-case.ts';

/** A use case as the pipeline sees it. */
export interface PlannedUseCase extends Routable {
  /** Never given twice, while a client may choose the same id again for another use case. */
  readonly position: number;
  /** Counts the saves. */
  readonly version: number;
}

const MOST_PLANS = 1_000;
/** Such a use case can be stored; its events carry ready-made operations instead of something to map, and mapping them would silently do nothing. */
const DIRECT_MODE = {
  path: 'direct',
  message: 'Direct mode is not supported',
  code: 'INVALID_VALUE',
} as const;

/** Compiled mappings by use case (its position) and version; the least recently used go first. */
const plans = new Map<string, Promise<MappingPlan>>();

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
    position: number;
    version: number;
  }>(sql`
    select u.id, u.name, u.slug, u.type, u.enabled, u.position, u.version
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
export function planOf(queries: TenantQueries, useCase: PlannedUseCase): Promise<MappingPlan> {
  const key = `${queries.org} ${useCase.position} ${useCase.version}`;
  const known = plans.get(key);
  const plan = known ?? compilePlan(queries, useCase);
  plans.delete(key);
  plans.set(key, plan);
  if (!known) {
    plan.catch(() => plans.delete(key));
    for (const oldest of plans.keys()) {
      if (plans.size <= MOST_PLANS) break;
      plans.delete(oldest);
    }
  }
  return plan;
}

/** When the use case has changed since the table was read, the newer configuration is taken: it is today's. */
async function compilePlan(queries: TenantQueries, { id }: PlannedUseCase): Promise<MappingPlan> {
  const row = await queries.first<{ configuration: UseCaseConfiguration | null }>(sql`
    select configuration from use_case where org_id = ${queries.org} and id = ${id}`);
  if (row?.configuration?.['direct'] === true) throw new MappingConfigurationError([DIRECT_MODE]);
  return compileMapping(row?.configuration ?? {});
}
