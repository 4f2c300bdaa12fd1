import type { BodyOf, Operations } from '../../contract/operation-types.ts';
import { type Call, reply } from '../../http/call.ts';
import type { Clock } from '../../ports/index.ts';
import { forbidden, invalid } from '../../refusal.ts';
import { writeAudit } from '../audit/audit.ts';
import { asObject, textOf, textsOf } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { PortalDirectory } from '../portals/portal-directory.ts';
import type { Principal } from '../principal.ts';
import { isUuid } from '../uuid.ts';
import { type AccessTokens, actorOf, type StaffCaller, type TokenRequest } from './access-tokens.ts';
import { readDuration } from './duration.ts';
import type { AccessTokenRecord } from './token-store.ts';
import { issuerOf, isTokenType, TOKEN_TYPES, type TokenType } from './token-type.ts';

/** JWKS and discovery may be kept this long (identity §7). */
const CACHEABLE = { 'cache-control': 'public, max-age=300' };

interface Parts {
  readonly tokens: AccessTokens;
  readonly keys: KeyRing;
  readonly directory: PortalDirectory;
  readonly clock: Clock;
  readonly baseUrl: string;
}

/** The access-token API (identity §3.3). */
export function accessTokenOperations(parts: Parts): Operations<'access-token'> {
  const { tokens, keys, clock, baseUrl } = parts;
  const jwks = (type: TokenType) => async () =>
    reply(200, { keys: await keys.publicKeys(TOKEN_TYPES[type].keySet) }, CACHEABLE);
  const discovery = (type: TokenType) => async () => {
    const issuer = issuerOf(baseUrl, type);
    return reply(200, { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` }, CACHEABLE);
  };
  return {
    async createAccessToken(call) {
      const caller = staffCaller(call.principal);
      const request = readRequest(call.body);
      await checkBoundPortal(parts.directory, caller, request);
      const created = await tokens.create(caller, request);
      await audit(call, caller, 'token:create', created.record.id);
      const { portalUserId, token } = created;
      return reply(201, {
        ...toItem(created.record),
        ...(portalUserId ? { portal_user_id: portalUserId } : {}),
        token,
      });
    },

    async listAccessTokens(call) {
      const asked: unknown = call.parameters.token_type;
      const types = typeof asked === 'string' ? [asked] : textsOf(asked);
      const wanted = types.length > 0 ? types.filter(isTokenType) : LISTED_BY_DEFAULT;
      return (await tokens.list(staffCaller(call.principal), wanted)).map(toItem);
    },

    async revokeAccessToken(call) {
      const caller = staffCaller(call.principal);
      const revoked = await tokens.revoke(caller, call.parameters.id);
      await audit(call, caller, 'token:revoke', revoked.id);
      return toItem(revoked);
    },

    getAccessTokenJwks: jwks('api'),
    getPublicTokenJwks: jwks('portal'),
    getPortalPreviewTokenJwks: jwks('portal_preview'),
    getAccessTokenOIDC: discovery('api'),
    getPublicTokenOIDC: discovery('portal'),
    getPortalPreviewTokenOIDC: discovery('portal_preview'),
  };

  function audit(
    call: Pick<Call, 'tenant' | 'requestId' | 'ip'>,
    caller: StaffCaller,
    action: string,
    id: string,
  ): Promise<void> {
    const { requestId, ip } = call;
    const entry = {
      actor: actorOf(caller),
      action,
      resource: `token:${id}`,
      result: 'success',
      requestId,
      ip,
    } as const;
    return writeAudit(call.tenant, clock.now(), entry);
  }
}

const LISTED_BY_DEFAULT = (['api', 'app', 'journey', 'portal'] as const).filter(
  (type) => !TOKEN_TYPES[type].system,
);

function staffCaller(principal: Principal): StaffCaller {
  if (principal.kind === 'user' || principal.kind === 'api_client' || principal.kind === 'app')
    return principal;
  throw forbidden();
}

/** The body as a request. The contract has already refused foreign members; what it cannot say is checked here. */
function readRequest(body: BodyOf<'access-token', 'createAccessToken'>): TokenRequest {
  const raw = asObject(body);
  const type = raw['token_type'] ?? 'api';
  if (!isTokenType(type)) {
    throw invalid(
      { path: 'body.token_type', message: 'is not issued by this server' },
      'UNSUPPORTED_TOKEN_TYPE',
    );
  }
  if (raw['anonymize'] === true) {
    throw invalid(
      { path: 'body.anonymize', message: 'is not available on this server' },
      'UNSUPPORTED_ANONYMIZE',
    );
  }
  const { expires_in: expiresIn, assignments = raw['assume_roles'] } = raw;
  return {
    type,
    name: required(raw['name'], 'name'),
    roles: assignments === undefined ? undefined : textsOf(assignments),
    lifetime: expiresIn === undefined ? undefined : readDuration(expiresIn, TOKEN_TYPES[type].longest),
    readOnly: raw['read_only'] === true,
    journeyId: type === 'journey' ? required(raw['journey_id'], 'journey_id') : undefined,
    portalId:
      type === 'portal' || type === 'portal_preview' ? required(raw['portal_id'], 'portal_id') : undefined,
    portalUserId: type === 'portal_preview' ? required(raw['portal_user_id'], 'portal_user_id') : undefined,
  };
}

function required(value: unknown, member: string): string {
  const text = textOf(value);
  if (text === undefined) throw invalid({ path: `body.${member}`, message: 'is required' });
  return text;
}

/**
 * A preview shows an existing user of one of the organisation's own portals. A publishable token names one of them by its id; older clients name an
 * origin, which need not have a portal yet.
 */
async function checkBoundPortal(
  directory: PortalDirectory,
  caller: StaffCaller,
  { type, portalId, portalUserId }: TokenRequest,
): Promise<void> {
  if (!portalId || (type === 'portal' && !isUuid(portalId))) return;
  const portal = await directory.portal(portalId);
  if (portal?.org !== caller.org) {
    throw invalid(
      { path: 'body.portal_id', message: 'names no portal of the organisation' },
      'UNKNOWN_PORTAL',
    );
  }
  if (!portalUserId) return;
  const user = await directory.portalUser(caller.org, portalUserId);
  if (user?.portalId !== portalId) {
    throw invalid(
      { path: 'body.portal_user_id', message: 'names no user of the portal' },
      'UNKNOWN_PORTAL_USER',
    );
  }
}

/** The contract's `AccessTokenItem`. */
function toItem(token: AccessTokenRecord): Record<string, unknown> {
  return {
    id: token.id,
    created_at: token.createdAt.toISOString(),
    name: token.name,
    token_type: token.type,
    ...(token.journeyId ? { journey_id: token.journeyId } : {}),
    ...(token.portalId ? { portal_id: token.portalId } : {}),
    assignments: token.roles,
    read_only: token.readOnly,
    ...(token.lastUsed ? { last_used: token.lastUsed } : {}),
    ...(token.expiresAt ? { expires_at: token.expiresAt.toISOString() } : {}),
  };
}
