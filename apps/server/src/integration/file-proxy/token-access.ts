import type { FastifyRequest } from 'fastify';
import type { Operation } from '../../contract/openapi-document.ts';
import { type Entity, findByUniqueKeys } from '../../entities/index.ts';
import type { Authenticate } from '../../http/operation-route.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Database, Tenant } from '../../storage/index.ts';

interface TokenAccess {
  readonly database: Database;
  readonly authenticate: Authenticate;
  /** Whether the caller may read a file of their organisation. */
  readonly mayView: (principal: Principal, file: Entity, tenant: Tenant) => Promise<boolean>;
}

/** How the download is known to authentication: staff, access tokens and portal users may call it. */
const DOWNLOAD: Operation = {
  api: 'integration-toolkit',
  operationId: 'download',
  method: 'GET',
  path: '/download',
  deprecated: false,
  security: ['EpilotAuth', 'PortalAuth'],
  anonymous: false,
  parameters: [],
  body: undefined,
  responses: new Map(),
};
/** Files that point at the same document; one that the caller may read is enough. */
const MOST_FILES = 20;

/**
 * Whether the bearer token of a request opens a URL: some file of the token's organisation has exactly this `custom_download_url`, asks for a token
 * (`custom_download_url_auth`), and may be read by the caller (erp-integration.md 12.3). @throws Refusal 401 for a token that does not count
 */
export function tokenAccess({ database, authenticate, mayView }: TokenAccess) {
  return async (request: FastifyRequest, org: string, url: string): Promise<boolean> => {
    const principal = await authenticate(request, DOWNLOAD);
    request.principal = principal;
    if (principal.org !== org) return false;
    const tenant = database.tenant(org);
    const key = { attribute: 'custom_download_url', value: url };
    const files = await findByUniqueKeys(tenant, 'file', [key], { most: MOST_FILES });
    for (const file of files) {
      if (file.doc['custom_download_url_auth'] === 'token' && (await mayView(principal, file, tenant)))
        return true;
    }
    return false;
  };
}
