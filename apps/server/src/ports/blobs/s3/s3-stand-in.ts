import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface S3StandIn {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Keys of all objects of the bucket. */
  keys(): string[];
  close(): Promise<void>;
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface S3StandInOptions {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Objects per page of a listing. */
  readonly pageSize: number;
}

/** The few operations of S3 that a blob store needs, on loopback. It checks every signature with code of its own, from the request as received. */
export async function startS3StandIn(options: S3StandInOptions): Promise<S3StandIn> {
  const objects = new Map<string, StoredObject>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? '/', 'http://stand-in');
    if (!signatureHolds(request, body, options)) return answerError(response, 403, 'SignatureDoesNotMatch');
    const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (bucket !== options.bucket) return answerError(response, 404, 'NoSuchBucket');
    const key = rest.join('/');
    if (key === '') return answerListing(response, objects, url.searchParams, options.pageSize);
    if (request.method === 'PUT')
      return store(response, objects, key, body, request.headers['content-type'] ?? '');
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    answerObject(request, response, objects.get(key));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    keys: () => [...objects.keys()],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function store(
  response: ServerResponse,
  objects: Map<string, StoredObject>,
  key: string,
  bytes: Buffer,
  contentType: string,
): void {
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  objects.set(key, { bytes, contentType, etag });
  response.writeHead(200, { etag }).end();
}

function answerObject(
  request: IncomingMessage,
  response: ServerResponse,
  object: StoredObject | undefined,
): void {
  if (!object) {
    answerError(response, 404, 'NoSuchKey');
    return;
  }
  const { bytes, etag, contentType } = object;
  const headers = { etag, 'content-type': contentType, 'last-modified': new Date().toUTCString() };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
  } else if (Number(from) >= bytes.length) {
    answerError(response, 416, 'InvalidRange');
  } else {
    const part = bytes.subarray(Number(from), to ? Number(to) + 1 : bytes.length);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length }).end(part);
  }
}

function answerListing(
  response: ServerResponse,
  objects: Map<string, StoredObject>,
  query: URLSearchParams,
  pageSize: number,
): void {
  const after = query.get('continuation-token') ?? '';
  const matching = [...objects].filter(([key]) => key.startsWith(query.get('prefix') ?? '') && key > after);
  matching.sort(([a], [b]) => (a < b ? -1 : 1));
  const page = matching.slice(0, pageSize);
  const contents = page.map(([key, { bytes, etag }]) => {
    const name = encodeURIComponent(key).replace(/%20/g, '+');
    const tag = etag.replace(/"/g, '&quot;');
    return `<Contents><Key>${name}</Key><LastModified>${new Date().toISOString()}</LastModified><ETag>${tag}</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const truncated = matching.length > page.length;
  const token = (page.at(-1)?.[0] ?? '').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const next = truncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : '';
  const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${truncated}</IsTruncated>${next}${contents.join('\n')}</ListBucketResult>`;
  response.writeHead(200, { 'content-type': 'application/xml' }).end(xml);
}

function answerError(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code></Error>`);
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: string[];
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
  readonly query: string;
}

function signatureHolds(
  request: IncomingMessage,
  body: Buffer,
  { accessKeyId, secretAccessKey }: S3StandInOptions,
): boolean {
  const claim = readClaim(request);
  if (!claim) return false;
  const [claimedId, day = '', region = '', service = ''] = claim.credential.split('/');
  if (claimedId !== accessKeyId || service !== 's3' || !claim.signedHeaders.includes('host')) return false;
  const bodyHash = createHash('sha256').update(body).digest('hex');
  if (claim.payloadHash !== 'UNSIGNED-PAYLOAD' && claim.payloadHash !== bodyHash) return false;
  const headerLines = claim.signedHeaders
    .map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
    .join('');
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  const canonical = `${request.method}\n${path}\n${claim.query}\n${headerLines}\n${claim.signedHeaders.join(';')}\n${claim.payloadHash}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${claim.date}\n${day}/${region}/${service}/aws4_request\n${digest}`;
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of [day, region, service, 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest();
  const expected = createHmac('sha256', key).update(text).digest();
  const given = Buffer.from(claim.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** From the `Authorization` field or, for links, from the query; the query as received, sorted, without the signature itself. */
function readClaim(request: IncomingMessage): Claim | undefined {
  const [, search = ''] = /\?(.*)$/s.exec(request.url ?? '') ?? [];
  const pairs =
    search === '' ? [] : search.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const query = pairs
    .filter((pair) => !pair.startsWith('X-Amz-Signature='))
    .sort()
    .join('&');
  const parameters = new URLSearchParams(search);
  const linkSignature = parameters.get('X-Amz-Signature');
  if (linkSignature !== null) {
    return {
      credential: parameters.get('X-Amz-Credential') ?? '',
      signedHeaders: (parameters.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: linkSignature,
      date: parameters.get('X-Amz-Date') ?? '',
      payloadHash: 'UNSIGNED-PAYLOAD',
      query,
    };
  }
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential, names, signature] = pattern.exec(request.headers.authorization ?? '') ?? [];
  if (credential === undefined || names === undefined || signature === undefined) return undefined;
  return {
    credential,
    signedHeaders: names.split(';'),
    signature,
    date: String(request.headers['x-amz-date'] ?? ''),
    payloadHash: String(request.headers['x-amz-content-sha256'] ?? ''),
    query,
  };
}
