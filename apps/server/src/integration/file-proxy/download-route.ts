import { Readable } from 'node:stream';
import type { Evaluator } from '@busbar/jsonata';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { resolveEnvironment } from '../../environments/index.ts';
import type { Clock, Egress, EgressRoute, SecretBox } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import type { Database, TenantQueries } from '../../storage/index.ts';
import type { FindSecureRoute } from '../secure-proxy/find-secure-route.ts';
import { ArchiveSession } from './archive-session.ts';
import { ArchiveTokens } from './archive-tokens.ts';
import { DownloadDeadline } from './download-deadline.ts';
import { type DownloadRequest, missing, readDownloadRequest } from './download-request.ts';
import { FileExtraction } from './extract-file.ts';
import { type FetchedFile, fetchFile } from './fetch-file.ts';
import type { FileProxyConfiguration } from './file-proxy-configuration.ts';
import { type FileProxyAddress, findFileProxy } from './find-file-proxy.ts';
import { MemoryBudget, type MemoryShare } from './memory-budget.ts';
import { TemplateRenderer } from './template-context.ts';

/** What the file proxy is built on. */
export interface FileProxyPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly egress: Egress;
  readonly secrets: SecretBox;
  readonly secureRoute: FindSecureRoute;
  readonly evaluatorOf: (org: string) => Evaluator;
  /** `{base}` of download URLs, without a slash at its end (erp-integration.md 12.1). */
  readonly base: string;
  /** Whether a download URL carries a valid signature of an organisation (erp-integration.md 12.3). */
  readonly isSigned: (org: string, url: string) => boolean | Promise<boolean>;
  /** Whether the caller's token opens this very URL, where a file asks for that instead of a signature. */
  readonly isOpenTo: (request: FastifyRequest, org: string, url: string) => Promise<boolean>;
  /** Milliseconds for a whole download. Default 60 000. */
  readonly totalMs?: number;
}

/** `GET /download`: fetches a document from the archive behind a file proxy use case (erp-integration.md 12). */
export function fileProxyRoutes(platform: FileProxyPlatform): (app: FastifyInstance) => Promise<void> {
  const tokens = new ArchiveTokens(platform.egress, platform.clock);
  const budget = new MemoryBudget();
  return async (app) => {
    app.get('/download', async (request, reply) => {
      const download = readDownloadRequest(request.url);
      await authorise(platform, request, download.org);
      const memory = budget.open();
      const file = await carryOut(platform, tokens, memory, download).finally(memory.release);
      reply.headers({
        'content-type': file.contentType,
        'content-disposition': `attachment; filename*=UTF-8''${extendedValue(file.filename)}`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        // Every request fetches the file anew: in parts it would be fetched as many times.
        'accept-ranges': 'none',
        ...(file.length === undefined ? {} : { 'content-length': String(file.length) }),
      });
      return reply.send(Buffer.isBuffer(file.body) ? file.body : Readable.from(file.body));
    });
  };
}

/** Before anything is looked up, so that answers tell nothing to outsiders. @throws Refusal 403 `SIGNATURE_VERIFICATION_FAILED` */
async function authorise(
  { base, isSigned, isOpenTo }: FileProxyPlatform,
  request: FastifyRequest,
  org: string,
): Promise<void> {
  const url = base + request.url;
  const allowed =
    request.headers.authorization !== undefined && !/[?&]signature=/.test(request.url)
      ? await isOpenTo(request, org, url)
      : await isSigned(org, url);
  if (!allowed)
    throw new Refusal(
      403,
      'SIGNATURE_VERIFICATION_FAILED',
      'The link is not signed, was changed, or has expired',
    );
}

async function carryOut(
  { database, egress, secrets, secureRoute, evaluatorOf, totalMs }: FileProxyPlatform,
  tokens: ArchiveTokens,
  memory: MemoryShare,
  { org, address, params }: DownloadRequest,
): Promise<FetchedFile> {
  const deadline = new DownloadDeadline(totalMs);
  const tenant = database.tenant(org);
  const { id: useCaseId, configuration } = await findFileProxy(tenant, address);
  const absent = configuration.required.filter((name) => !params[name]);
  if (absent.length > 0) throw missing(`${absent.join(', ')} must be given`);
  const route = await routeOf(secureRoute, tenant, address, configuration);
  const renderer = new TemplateRenderer(
    async (key) => (await resolveEnvironment(tenant, secrets, key))?.text,
  );
  const session = new ArchiveSession({
    egress,
    route,
    tokens,
    renderer,
    deadline,
    useCaseId,
    auth: configuration.auth,
  });
  return fetchFile(configuration, params, session, new FileExtraction(evaluatorOf(org), renderer), memory);
}

/** A secure proxy that cannot be used is no fault of who downloads: 500 with its code. */
async function routeOf(
  secureRoute: FindSecureRoute,
  tenant: TenantQueries,
  { integrationId }: FileProxyAddress,
  { secureProxy }: FileProxyConfiguration,
): Promise<EgressRoute> {
  if (secureProxy === undefined) return {};
  try {
    return await secureRoute(tenant, { integrationId, useCase: { slug: secureProxy } });
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(500, error.code, error.message) : error;
  }
}

/** A header value of RFC 8187. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
