/** How to get a token for the steps (contract: `FileProxyAuth`); all texts are templates. */
export interface FileProxyAuth {
  readonly type: 'oauth2_client_credentials' | 'oauth2_password';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
  readonly audience: string | undefined;
  readonly resource: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly bodyParams: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
}

/** One request to the archive (contract: `FileProxyStep`); `url`, `headers` and `body` are templates. */
export interface FileProxyStep {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly responseType: 'json' | 'binary';
}

/** Where the file is in the answers (contract: `FileProxyResponseConfig`); all texts but `encoding` are JSONata. */
export interface FileProxyResponse {
  readonly body: string;
  readonly encoding: 'base64' | 'binary';
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

/** What a file proxy use case does (erp-integration.md 1.9, 12). */
export interface FileProxyConfiguration {
  readonly auth: FileProxyAuth | undefined;
  /** Names of the query parameters without which nothing is fetched. */
  readonly required: readonly string[];
  readonly steps: readonly FileProxyStep[];
  /** Origins of pages that may read downloads, beside those of portals; compared exactly. */
  readonly allowedOrigins: readonly string[];
  readonly response: FileProxyResponse;
  /** Slug of the secure proxy of the same integration that all requests go through. */
  readonly secureProxy: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a stored configuration; undefined when it cannot be used. */
export function readFileProxyConfiguration(
  configuration: Json | undefined,
): FileProxyConfiguration | undefined {
  const steps = listOf(configuration?.['steps']).map(readStep);
  const response = readResponse(configuration?.['response']);
  if (!configuration || !response || steps.length === 0) return undefined;
  if (!steps.every((step) => step !== undefined)) return undefined;
  const auth = configuration['auth'] === undefined ? undefined : readAuth(configuration['auth']);
  if (configuration['auth'] !== undefined && !auth) return undefined;
  const required = listOf(configuration['params']).flatMap((param) =>
    param['required'] === true && typeof param['name'] === 'string' ? [param['name']] : [],
  );
  const origins: unknown = configuration['allowed_origins'];
  const allowedOrigins = Array.isArray(origins)
    ? origins.filter((origin): origin is string => typeof origin === 'string')
    : [];
  const secureProxy = textOf(objectOf(configuration['secure_proxy'])['use_case_slug']);
  return { auth, required, steps, response, allowedOrigins, secureProxy };
}

function readAuth(value: unknown): FileProxyAuth | undefined {
  const auth = objectOf(value);
  const [type, tokenUrl] = [auth['type'], textOf(auth['token_url'])];
  const [clientId, clientSecret] = [textOf(auth['client_id']), textOf(auth['client_secret'])];
  if (type !== 'oauth2_client_credentials' && type !== 'oauth2_password') return undefined;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return {
    type,
    tokenUrl,
    clientId,
    clientSecret,
    scope: textOf(auth['scope']),
    audience: textOf(auth['audience']),
    resource: textOf(auth['resource']),
    username: textOf(auth['username']),
    password: textOf(auth['password']),
    bodyParams: textsOf(auth['body_params']),
    headers: textsOf(auth['headers']),
    queryParams: textsOf(auth['query_params']),
  };
}

function readStep(step: Json): FileProxyStep | undefined {
  const url = textOf(step['url']);
  const { method, response_type: responseType } = step;
  if (url === undefined || (method !== 'GET' && method !== 'POST')) return undefined;
  if (responseType !== 'json' && responseType !== 'binary') return undefined;
  return { url, method, responseType, headers: textsOf(step['headers']), body: textOf(step['body']) };
}

function readResponse(value: unknown): FileProxyResponse | undefined {
  const response = objectOf(value);
  const body = textOf(response['body']);
  const { encoding } = response;
  if (body === undefined || (encoding !== 'base64' && encoding !== 'binary')) return undefined;
  return {
    body,
    encoding,
    filename: textOf(response['filename']),
    contentType: textOf(response['content_type']),
  };
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
