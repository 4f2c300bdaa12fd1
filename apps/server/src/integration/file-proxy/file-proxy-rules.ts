import { ExpressionError, parseExpression } from '@busbar/jsonata';
import type { Problem } from '../../refusal.ts';
import { parseTemplate, TemplateError } from '../../templates/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** Query parameters that the proxy itself reads. */
const RESERVED: ReadonlySet<unknown> = new Set([
  'orgId',
  'integrationId',
  'useCaseId',
  'useCaseSlug',
  'expires_at',
  'signature',
]);
const AUTH_TEXTS = ['token_url', 'client_id', 'client_secret'];
const AUTH_OPTIONAL = ['scope', 'audience', 'resource', 'username', 'password'];
const MAPS = ['body_params', 'headers', 'query_params'];

/** What is wrong with a file proxy configuration that is about to be saved (erp-integration.md 12.2). `path` is where it stands in the body. */
export function fileProxyProblems(configuration: Json, path: string): Problem[] {
  if (configuration['direction'] !== undefined && configuration['direction'] !== 'download')
    return [{ path: `${path}.direction`, message: 'must be download: uploads are not supported' }];
  const steps = listOf(configuration['steps']);
  return [
    ...secureProxyProblems(configuration['secure_proxy'], `${path}.secure_proxy`),
    ...(configuration['auth'] === undefined ? [] : authProblems(configuration['auth'], `${path}.auth`)),
    ...listOf(configuration['params']).flatMap((param, index, all) =>
      paramProblems(param, all.slice(0, index), `${path}.params[${index}]`),
    ),
    ...(steps.length === 0 ? [{ path: `${path}.steps`, message: 'must have at least one entry' }] : []),
    ...steps.flatMap((step, index) => stepProblems(step, `${path}.steps[${index}]`)),
    ...responseProblems(configuration['response'], `${path}.response`),
  ];
}

/** The proxy itself is looked for when it is needed: use cases may be saved in any order. */
function secureProxyProblems(value: unknown, path: string): Problem[] {
  if (value === undefined || typeof objectOf(value)['use_case_slug'] === 'string') return [];
  return [{ path: `${path}.use_case_slug`, message: 'is required' }];
}

function authProblems(value: unknown, path: string): Problem[] {
  const auth = objectOf(value);
  const { type } = auth;
  if (type !== 'oauth2_client_credentials' && type !== 'oauth2_password')
    return [{ path: `${path}.type`, message: 'must be oauth2_client_credentials or oauth2_password' }];
  const required = [...AUTH_TEXTS, ...(type === 'oauth2_password' ? ['username', 'password'] : [])];
  const optional = AUTH_OPTIONAL.filter((name) => !required.includes(name) && auth[name] !== undefined);
  return [
    ...required.flatMap((name) => requiredTemplate(auth[name], `${path}.${name}`)),
    ...optional.flatMap((name) => templateProblems(auth[name], `${path}.${name}`)),
    ...MAPS.flatMap((name) => mapProblems(auth[name], `${path}.${name}`)),
  ];
}

function paramProblems(param: Json, before: readonly Json[], path: string): Problem[] {
  const { name, required } = param;
  return [
    ...(typeof name === 'string' && name !== ''
      ? []
      : [{ path: `${path}.name`, message: 'must not be empty' }]),
    ...(RESERVED.has(name) ? [{ path: `${path}.name`, message: 'is reserved' }] : []),
    ...(before.some((other) => other['name'] === name)
      ? [{ path: `${path}.name`, message: 'occurs twice' }]
      : []),
    ...(typeof required === 'boolean' ? [] : [{ path: `${path}.required`, message: 'must be a boolean' }]),
  ];
}

function stepProblems(step: Json, path: string): Problem[] {
  const { url, method, response_type: type, body } = step;
  return [
    ...requiredTemplate(url, `${path}.url`),
    ...(method === 'GET' || method === 'POST'
      ? []
      : [{ path: `${path}.method`, message: 'must be GET or POST' }]),
    ...(type === 'json' || type === 'binary'
      ? []
      : [{ path: `${path}.response_type`, message: 'must be json or binary' }]),
    ...mapProblems(step['headers'], `${path}.headers`),
    ...(body === undefined ? [] : templateProblems(body, `${path}.body`)),
  ];
}

function responseProblems(value: unknown, path: string): Problem[] {
  const response = objectOf(value);
  const { body, encoding, filename, content_type: contentType } = response;
  return [
    ...(typeof body === 'string' && body !== ''
      ? expressionProblems(body, `${path}.body`)
      : [{ path: `${path}.body`, message: 'is required' }]),
    ...(encoding === 'base64' || encoding === 'binary'
      ? []
      : [{ path: `${path}.encoding`, message: 'must be base64 or binary' }]),
    ...(filename === undefined ? [] : expressionProblems(filename, `${path}.filename`)),
    ...(contentType === undefined ? [] : expressionProblems(contentType, `${path}.content_type`)),
  ];
}

function requiredTemplate(value: unknown, path: string): Problem[] {
  if (typeof value !== 'string' || value === '') return [{ path, message: 'is required' }];
  return templateProblems(value, path);
}

function mapProblems(value: unknown, path: string): Problem[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path, message: 'must be an object of texts' }];
  return Object.entries(value).flatMap(([name, text]) => templateProblems(text, `${path}.${name}`));
}

function templateProblems(value: unknown, path: string): Problem[] {
  if (typeof value !== 'string') return [{ path, message: 'must be a text' }];
  try {
    parseTemplate(value, { environment: true });
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ path, message: error.message }];
  }
}

function expressionProblems(value: unknown, path: string): Problem[] {
  if (typeof value !== 'string') return [{ path, message: 'must be a text' }];
  try {
    parseExpression(value);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const position = error.position === undefined ? '' : ` (position ${error.position})`;
    return [{ path, message: `${error.message}${position}` }];
  }
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
