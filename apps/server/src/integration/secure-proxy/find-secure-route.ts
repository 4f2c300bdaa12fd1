import { isEntityId } from '../../entities/index.ts';
import { type EgressRoute, parseConfinement } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';
import type { SecureLinks } from './secure-links.ts';
import { readSecureProxy } from './secure-proxy-configuration.ts';

/** How a request names a secure proxy use case. */
export interface SecureProxyAddress {
  readonly integrationId: string;
  readonly useCase: { readonly id: string } | { readonly slug: string };
}

/** Where requests through a secure proxy may go; see {@link secureRoutes}. */
export type FindSecureRoute = (queries: TenantQueries, address: SecureProxyAddress) => Promise<EgressRoute>;

/**
 * Makes secure proxies into routes of the guarded client. `static_ip` goes where everything goes. `secure_link` goes to the use case's domains and
 * addresses only, and of private addresses to those that the operator has opened: what a tenant lists alone opens nothing.
 *
 * The found function throws Refusal 404 `SECURE_PROXY_NOT_FOUND`, 400 `SECURE_PROXY_INVALID_TYPE`, 403 `SECURE_PROXY_DISABLED`, 400
 * `SECURE_PROXY_INVALID_CONFIG`, 503 `SECURE_PROXY_UNAVAILABLE`.
 */
export function secureRoutes(links: SecureLinks): FindSecureRoute {
  return async (queries, { integrationId, useCase }) => {
    const isAddress = isEntityId(integrationId) && (!('id' in useCase) || isEntityId(useCase.id));
    const row = isAddress
      ? await queries.first<{
          type: string;
          enabled: boolean;
          configuration: Readonly<Record<string, unknown>> | null;
        }>(sql`
          select type, enabled, configuration from use_case
           where org_id = ${queries.org} and integration_id = ${integrationId}
             and ${'id' in useCase ? sql`id = ${useCase.id}` : sql`slug = ${useCase.slug}`}`)
      : undefined;
    if (!row) throw new Refusal(404, 'SECURE_PROXY_NOT_FOUND', 'The secure proxy was not found');
    if (row.type !== 'secure_proxy')
      throw new Refusal(400, 'SECURE_PROXY_INVALID_TYPE', 'The use case is no secure proxy');
    if (!row.enabled) throw new Refusal(403, 'SECURE_PROXY_DISABLED', 'The secure proxy is disabled');
    const { mode, domains, ranges } = readSecureProxy(row.configuration ?? undefined);
    if (!mode) throw new Refusal(400, 'SECURE_PROXY_INVALID_CONFIG', 'The secure proxy has no vpc_mode');
    if (mode === 'static_ip') return {};
    const allow = links(queries.org);
    if (allow.length === 0)
      throw new Refusal(
        503,
        'SECURE_PROXY_UNAVAILABLE',
        'The operator of this server has opened no private network',
      );
    return { allow, within: parseConfinement(domains, ranges) };
  };
}
