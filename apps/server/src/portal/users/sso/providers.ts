import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { resolveEnvironment } from '../../../environments/index.ts';
import type { OpenIdProvider } from '../../../openid/index.ts';
import { MissingVariableError, replaceEnvironmentPlaceholders } from '../../../templates/index.ts';
import { listProviders, openProvider, type Portal } from '../../config/index.ts';
import type { UsersPlatform } from '../users-platform.ts';

/** An OpenID provider of a portal, ready for use: environment values and secrets are in place. Never leaves the server. */
export interface Provider extends OpenIdProvider {
  readonly slug: string;
  readonly redirectUri: string | undefined;
  readonly attributeMappings: JsonObject;
  readonly entityMatching: JsonObject;
  readonly autoCreatesCredential: boolean;
}

/** The providers of a portal, in their order. One whose environment value is missing has no issuer and no clients: it cannot be used, and is in nobody's way. */
export async function providersOf(platform: UsersPlatform, portal: Portal): Promise<Provider[]> {
  const tenant = platform.database.tenant(portal.org);
  const stored = await listProviders(tenant, portal.origin);
  return Promise.all(
    stored.map(async (item) => {
      const opened = openProvider(platform.secrets, portal.org, item);
      const lookup = async (key: string) => (await resolveEnvironment(tenant, platform.secrets, key))?.text;
      const fill = (value: unknown) => filled(value, lookup);
      try {
        const oidc = asObject(await fill(opened['oidc_config']));
        return providerFrom(item.slug, opened, oidc, asObject(await fill(opened['mobile_oidc_config'])));
      } catch (error) {
        if (error instanceof MissingVariableError) return providerFrom(item.slug, opened, {}, {});
        throw error;
      }
    }),
  );
}

function providerFrom(slug: string, opened: JsonObject, oidc: JsonObject, mobile: JsonObject): Provider {
  const matching = asObject(opened['entity_matching']);
  return {
    slug,
    issuer: text(oidc['oidc_issuer']) ?? '',
    clientIds: [text(oidc['client_id']), text(mobile['client_id'])].filter((id) => id !== undefined),
    clientSecret: text(oidc['client_secret']),
    redirectUri: text(oidc['redirect_uri']),
    tokenEndpoint: text(asObject(oidc['metadata'])['token_endpoint']),
    attributeMappings: asObject(opened['attribute_mappings']),
    entityMatching: matching,
    autoCreatesCredential: matching['auto_create_cognito_user'] !== false,
  };
}

async function filled(
  value: unknown,
  lookup: (key: string) => Promise<string | undefined>,
): Promise<unknown> {
  if (typeof value === 'string') return replaceEnvironmentPlaceholders(value, lookup);
  if (Array.isArray(value)) return Promise.all(value.map((item: unknown) => filled(item, lookup)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([name, member]) => [name, await filled(member, lookup)]);
  return Object.fromEntries(await Promise.all(entries));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
