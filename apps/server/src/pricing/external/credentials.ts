import type { BodyOf } from '../../contract/operation-types.ts';
import type { Clock, SecretBox } from '../../ports/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** Partners that can be integrated (contract schema `IntegrationId`). */
export type IntegrationId = 'getag' | 'external-catalog';

/** How the server signs in at a partner, and where the partner is (contract schema `IntegrationAuthCredentials`). */
export type Credentials = BodyOf<'pricing', '$saveCredentials'>;

interface Row {
  readonly sealed: string;
}

const purposeOf = (integration: IntegrationId) => `pricing.credentials.${integration}`;

/** The credentials of an integration, opened; undefined when none are stored. @throws SecretError when the master key is gone */
export async function findCredentials(
  queries: TenantQueries,
  secrets: SecretBox,
  integration: IntegrationId,
): Promise<Credentials | undefined> {
  const row = await queries.first<Row>(sql`
    select sealed from external_credentials where org_id = ${queries.org} and integration = ${integration}`);
  if (!row) return undefined;
  // Nothing but what `saveCredentials` sealed opens in this context.
  return JSON.parse(
    secrets.open(row.sealed, { org: queries.org, purpose: purposeOf(integration) }),
  ) as Credentials;
}

/** Stores credentials sealed, in place of earlier ones (spec/pricing.md B17-B19). */
export async function saveCredentials(
  queries: TenantQueries,
  { secrets, clock }: { readonly secrets: SecretBox; readonly clock: Clock },
  integration: IntegrationId,
  credentials: Credentials,
): Promise<void> {
  const sealed = secrets.seal(JSON.stringify(credentials), {
    org: queries.org,
    purpose: purposeOf(integration),
  });
  await queries.run(sql`
    insert into external_credentials (org_id, integration, sealed, saved_at)
    values (${queries.org}, ${integration}, ${sealed}, ${clock.now()})
    on conflict (org_id, integration) do update set sealed = excluded.sealed, saved_at = excluded.saved_at`);
}

/** Forgets credentials; nothing happens when there are none. */
export async function deleteCredentials(queries: TenantQueries, integration: IntegrationId): Promise<void> {
  await queries.run(sql`
    delete from external_credentials where org_id = ${queries.org} and integration = ${integration}`);
}
