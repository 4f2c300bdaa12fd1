import { isEntityId } from '../../entities/index.ts';
import { Refusal } from '../../refusal.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import { type FileProxyConfiguration, readFileProxyConfiguration } from './file-proxy-configuration.ts';
import { fileProxyFailure } from './file-proxy-failure.ts';

/** How a download URL names its use case. */
export interface FileProxyAddress {
  readonly integrationId: string;
  readonly useCase: { readonly id: string } | { readonly slug: string };
}

/**
 * The use case behind a download URL.
 * @throws Refusal 404 `USE_CASE_NOT_FOUND` (also for other kinds and organisations), 404 `USE_CASE_DISABLED`, 500 `USE_CASE_MISSING_CONFIG`
 */
export async function findFileProxy(
  tenant: TenantQueries,
  { integrationId, useCase }: FileProxyAddress,
): Promise<{ readonly id: string; readonly configuration: FileProxyConfiguration }> {
  const isAddress = isEntityId(integrationId) && (!('id' in useCase) || isEntityId(useCase.id));
  const row = isAddress
    ? await tenant.first<{
        id: string;
        enabled: boolean;
        configuration: Readonly<Record<string, unknown>> | null;
      }>(sql`
        select id, enabled, configuration from use_case
         where org_id = ${tenant.org} and integration_id = ${integrationId} and type = 'file_proxy'
           and ${'id' in useCase ? sql`id = ${useCase.id}` : sql`slug = ${useCase.slug}`}`)
    : undefined;
  if (!row) throw new Refusal(404, 'USE_CASE_NOT_FOUND', 'The use case was not found');
  if (!row.enabled) throw new Refusal(404, 'USE_CASE_DISABLED', 'The use case is disabled');
  const configuration = readFileProxyConfiguration(row.configuration ?? undefined);
  if (!configuration)
    throw fileProxyFailure('USE_CASE_MISSING_CONFIG', 'The use case cannot be used as it is');
  return { id: row.id, configuration };
}
