import type { WebhookConfig as WireConfig } from '@epilot/sdk/webhooks';
import { type Egress, EgressError } from '../../ports/index.ts';
import type { Problem } from '../../refusal.ts';
import type { Expressions } from '../expressions.ts';
import { mayBeSet } from './header-rules.ts';

/** What is wrong with a webhook's settings beyond the contract's schema: 400 with the path of each field. */
export async function configProblems(
  config: WireConfig,
  { expressions, egress }: { readonly expressions: Expressions; readonly egress: Egress },
): Promise<Problem[]> {
  return [
    ...(await addressProblems(config.url, 'body.url', egress)),
    ...(await addressProblems(config.auth?.oauthConfig?.endpoint, 'body.auth.oauthConfig.endpoint', egress)),
    ...headerProblems(config),
    ...authProblems(config),
    ...expressionProblems(config, expressions),
    ...unsupported(config),
  ];
}

/** Addresses with placeholders are looked at when they are called; a name that cannot be resolved now may be later. */
async function addressProblems(url: string | undefined, path: string, egress: Egress): Promise<Problem[]> {
  if (url === undefined || url.includes('{{')) return [];
  try {
    await egress.check(url);
    return [];
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return error.transient || error.code === 'DNS_FAILED' ? [] : [{ path, message: error.message }];
  }
}

function headerProblems(config: WireConfig): Problem[] {
  const headers = Object.keys(config.payloadConfiguration?.custom_headers ?? {});
  const problems = headers
    .filter((name) => !mayBeSet(name))
    .map((name) => ({ path: `body.payloadConfiguration.custom_headers.${name}`, message: 'cannot be set' }));
  const key = config.auth?.apiKeyConfig?.keyName;
  if (config.auth?.authType === 'API_KEY' && key && !mayBeSet(key) && key.toLowerCase() !== 'authorization')
    problems.push({ path: 'body.auth.apiKeyConfig.keyName', message: 'cannot be set' });
  return problems;
}

function authProblems({ auth }: WireConfig): Problem[] {
  const needed = {
    BASIC: 'basicAuthConfig',
    API_KEY: 'apiKeyConfig',
    OAUTH_CLIENT_CREDENTIALS: 'oauthConfig',
  } as const;
  if (!auth || auth.authType === 'NONE') return [];
  const member = needed[auth.authType];
  return auth[member] ? [] : [{ path: `body.auth.${member}`, message: 'is required' }];
}

function expressionProblems(config: WireConfig, expressions: Expressions): Problem[] {
  const texts: [string, string | undefined][] = [
    ['body.jsonataExpression', config.jsonataExpression],
    ...(config.filterConditions?.conditions ?? []).map((condition, at): [string, string | undefined] => [
      `body.filterConditions.conditions[${at}].jsonata_expression`,
      condition?.jsonata_expression,
    ]),
  ];
  return texts.flatMap(([path, text]) => {
    const message = text ? expressions.problem(text) : undefined;
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Refused rather than ignored: the sender would believe that files or a private network are used. */
function unsupported(config: WireConfig): Problem[] {
  const problems: Problem[] = [];
  if (config.deliveryMode === 'binary_multipart')
    problems.push({ path: 'body.deliveryMode', message: 'binary_multipart is not supported' });
  if (config.secureProxy) problems.push({ path: 'body.secureProxy', message: 'is not supported' });
  return problems;
}
