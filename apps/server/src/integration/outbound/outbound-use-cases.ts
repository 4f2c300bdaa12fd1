import { sql, type TenantQueries } from '../../storage/index.ts';
import { type OutboundConfiguration, readOutboundConfiguration } from './outbound-configuration.ts';

/** An outbound use case with its configuration read. */
export interface OutboundUseCase {
  readonly integrationId: string;
  readonly id: string;
  readonly name: string;
  readonly slug: string | undefined;
  readonly enabled: boolean;
  /** Undefined while nothing usable is configured. */
  readonly configuration: OutboundConfiguration | undefined;
}

/** All outbound use cases of the organisation, oldest first: events and webhooks are shared by its integrations. */
export async function listOutboundUseCases(queries: TenantQueries): Promise<OutboundUseCase[]> {
  const rows = await queries.query<{
    integration_id: string;
    id: string;
    name: string;
    slug: string | null;
    enabled: boolean;
    configuration: Readonly<Record<string, unknown>> | null;
  }>(sql`
    select integration_id, id, name, slug, enabled, configuration from use_case
     where org_id = ${queries.org} and type = 'outbound' order by position`);
  return rows.map(({ integration_id, slug, configuration, ...rest }) => ({
    ...rest,
    integrationId: integration_id,
    slug: slug ?? undefined,
    configuration: readOutboundConfiguration(configuration ?? undefined),
  }));
}
