import { createHash, createHmac } from 'node:crypto';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For temporary credentials. */
  readonly sessionToken?: string;
}

/** What a signature is for: `us-east-1` or whatever the store calls itself. */
export interface SigningScope {
  readonly credentials: S3Credentials;
  readonly region: string;
  readonly at: Date;
}

export interface RequestToSign {
  readonly method: string;
  /** Path as it goes over the wire, percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** All of them are signed; `host` must be among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Hash of the body that says: not signed. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs a request in its header (AWS Signature Version 4, service `s3`).
 * @param payloadHash SHA-256 of the body in hex
 * @returns all header fields to send, `authorization` included
 */
export function signHeaders(
  request: RequestToSign,
  payloadHash: string,
  scope: SigningScope,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp(scope.at),
  };
  if (scope.credentials.sessionToken) headers['x-amz-security-token'] = scope.credentials.sessionToken;
  const signature = sign({ ...request, headers }, payloadHash, scope);
  const credential = `Credential=${scope.credentials.accessKeyId}/${scopeOf(scope)}`;
  headers['authorization'] =
    `${ALGORITHM} ${credential},SignedHeaders=${signedNames(headers)},Signature=${signature}`;
  return headers;
}

/**
 * Signs a request in its query, for a link that works without further header fields but `request.headers`.
 * @param expiresInSeconds 1 to 604,800
 * @returns the query with its signature
 */
export function signQuery(request: RequestToSign, expiresInSeconds: number, scope: SigningScope): string {
  const query: Record<string, string> = {
    ...request.query,
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${scope.credentials.accessKeyId}/${scopeOf(scope)}`,
    'X-Amz-Date': timestamp(scope.at),
    'X-Amz-Expires': String(expiresInSeconds),
    'X-Amz-SignedHeaders': signedNames(request.headers),
  };
  if (scope.credentials.sessionToken) query['X-Amz-Security-Token'] = scope.credentials.sessionToken;
  const signature = sign({ ...request, query }, UNSIGNED_PAYLOAD, scope);
  return `${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
}

/** The query as it is signed and sent: names sorted, everything but unreserved characters percent-encoded. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sign(request: RequestToSign, payloadHash: string, scope: SigningScope): string {
  const names = Object.keys(request.headers).sort();
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const toSign = [ALGORITHM, timestamp(scope.at), scopeOf(scope), sha256(canonical)].join('\n');
  return hmac(signingKey(scope), toSign).toString('hex');
}

function signingKey({ credentials, region, at }: SigningScope): Buffer {
  const steps = [timestamp(at).slice(0, 8), region, 's3', 'aws4_request'];
  return steps.reduce<Buffer>(
    (key, step) => hmac(key, step),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
}

function scopeOf({ region, at }: SigningScope): string {
  return `${timestamp(at).slice(0, 8)}/${region}/s3/aws4_request`;
}

function signedNames(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers).sort().join(';');
}

/** `20130524T000000Z` */
function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
