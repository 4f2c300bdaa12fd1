import type { Auth, OAuthConfig } from '@epilot/sdk/webhooks';
import type { ResolvedVariable } from '../../environments/index.ts';
import type { EgressRequest } from '../../ports/index.ts';
import { replaceEnvironmentPlaceholders } from '../../templates/index.ts';
import { mayBeSet } from './header-rules.ts';
import type { Masking } from './masking.ts';
import type { WebhookDefinition } from './webhook-config.ts';

/** Finds a variable of the organisation; undefined when it has no value. */
export type Variables = (key: string) => Promise<ResolvedVariable | undefined>;

/** The webhook's settings cannot be used as they are. */
export class WebhookMisconfigured extends Error {
  readonly code = 'WEBHOOK_MISCONFIGURED';
  constructor(message: string) {
    super(message);
    this.name = 'WebhookMisconfigured';
  }
}

/** Replaces `{{ env.* }}` in texts; values of secrets are hidden in `masking` from then on. */
export function filler(variables: Variables, masking: Masking): (text: string) => Promise<string> {
  return (text) =>
    text.includes('{{')
      ? replaceEnvironmentPlaceholders(text, async (key) => {
          const variable = await variables(key);
          if (variable?.secret) masking.hide(variable.text);
          return variable?.text;
        })
      : Promise.resolve(text);
}

/**
 * URL, method, body and custom headers of a delivery, without credentials and signature.
 * @throws MissingVariableError, WebhookMisconfigured
 */
export async function buildRequest(
  definition: WebhookDefinition,
  body: string,
  fill: (text: string) => Promise<string>,
): Promise<EgressRequest & { readonly headers: Readonly<Record<string, string>> }> {
  if (!definition.url) throw new WebhookMisconfigured('The webhook has no URL');
  const method = definition.httpMethod ?? 'POST';
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(definition.payloadConfiguration?.custom_headers ?? {})) {
    if (!mayBeSet(name)) throw new WebhookMisconfigured(`The header ${name} cannot be set`);
    headers[name.toLowerCase()] = await fill(value);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return { method, url: await fill(definition.url), headers, ...(hasBody ? { body } : {}) };
}

/** The header of basic and API key credentials; nothing for the other kinds. */
export async function fixedCredentials(
  auth: Auth,
  fill: (text: string) => Promise<string>,
  masking: Masking,
): Promise<Readonly<Record<string, string>>> {
  const { basicAuthConfig: basic, apiKeyConfig: key } = auth;
  if (auth.authType === 'BASIC' && basic) {
    const password = await fill(basic.password ?? '');
    const credentials = Buffer.from(`${await fill(basic.username)}:${password}`).toString('base64');
    masking.hide(password);
    masking.hide(credentials);
    return { authorization: `Basic ${credentials}` };
  }
  if (auth.authType === 'API_KEY' && key) {
    const value = await fill(key.keyValue ?? '');
    masking.hide(value);
    return { [key.keyName || 'X-API-Key']: value };
  }
  return {};
}

/** The OAuth settings with their placeholders replaced; undefined for the other kinds. @throws MissingVariableError */
export async function oauthSettings(
  auth: Auth,
  fill: (text: string) => Promise<string>,
  masking: Masking,
): Promise<OAuthConfig | undefined> {
  if (auth.authType !== 'OAUTH_CLIENT_CREDENTIALS' || !auth.oauthConfig) return undefined;
  const { oauthConfig: oauth } = auth;
  const clientSecret = await fill(oauth.clientSecret ?? '');
  masking.hide(clientSecret);
  return {
    ...oauth,
    clientId: await fill(oauth.clientId),
    clientSecret,
    endpoint: await fill(oauth.endpoint),
    customParameterList: await Promise.all(
      (oauth.customParameterList ?? []).map(async (item) => ({ ...item, value: await fill(item.value) })),
    ),
  };
}
