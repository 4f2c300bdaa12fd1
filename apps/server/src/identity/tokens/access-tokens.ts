import type { Clock } from '../../ports/index.ts';
import { forbidden, invalid, notFound, Refusal } from '../../refusal.ts';
import type { Database, TenantQueries } from '../../storage/index.ts';
import type { Access } from '../access.ts';
import type { AccessTokenVerifier } from '../authentication/access-token-verifier.ts';
import { claimedIssuer } from '../authentication/verify-jwt.ts';
import type { ApiPrincipal, PublicPrincipal, StaffPrincipal } from '../principal.ts';
import { roleId } from '../roles/role.ts';
import type { RoleCache } from '../roles/role-cache.ts';
import type { TokenIssuer } from './token-issuer.ts';
import { type AccessTokenRecord, findToken, insertToken, listTokens, revokeToken } from './token-store.ts';
import { TOKEN_TYPES, type TokenType } from './token-type.ts';

/** A token somebody asks for. */
export interface TokenRequest {
  readonly type: TokenType;
  readonly name: string;
  /** Role ids; the asker's own when undefined. */
  readonly roles?: readonly string[] | undefined;
  /** Seconds from now; for ever when undefined, unless the type ends by itself. */
  readonly lifetime?: number | undefined;
  readonly readOnly?: boolean;
  readonly journeyId?: string | undefined;
  readonly portalId?: string | undefined;
  readonly portalUserId?: string | undefined;
}

/** A token's record with the token itself, shown once. */
export interface CreatedToken {
  readonly record: AccessTokenRecord;
  readonly portalUserId: string | undefined;
  readonly token: string;
}

export type StaffCaller = StaffPrincipal | ApiPrincipal;

/** The creator of tokens that the installation's own commands make. */
const INSTALLATION = 'installation';
/** Types of roles that tokens can hold. */
const ASSIGNABLE = new Set(['user_role', 'share_role', 'partner_role']);

/** Making, listing and revoking access tokens (identity §3.3). */
export class AccessTokens {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #issuer: TokenIssuer;
  readonly #verifier: AccessTokenVerifier;
  readonly #roles: RoleCache;
  readonly #access: Access;

  constructor(parts: {
    readonly database: Database;
    readonly clock: Clock;
    readonly issuer: TokenIssuer;
    readonly verifier: AccessTokenVerifier;
    readonly roles: RoleCache;
    readonly access: Access;
  }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#issuer = parts.issuer;
    this.#verifier = parts.verifier;
    this.#roles = parts.roles;
    this.#access = parts.access;
  }

  /** Makes a token that can do no more than its maker. Throws 400 for unknown roles, 403 for roles the maker may not hand out. */
  async create(caller: StaffCaller, request: TokenRequest): Promise<CreatedToken> {
    await this.#access.requireGrant({ principal: caller }, 'token:create');
    const roles = actsWithRoles(request.type) ? (request.roles ?? caller.roles) : [];
    await this.#checkRoles(caller, roles);
    const userId =
      request.type === 'assume' ? (caller.kind === 'user' ? caller.userId : caller.tokenId) : undefined;
    return this.#issue(caller.org, actorOf(caller), { ...request, roles }, userId);
  }

  /** A token of the installation's own making: the first owner token, demo tokens. No caller, so no checks. */
  createForInstallation(org: string, request: TokenRequest): Promise<CreatedToken> {
    return this.#issue(org, INSTALLATION, request, undefined);
  }

  /** A token with the role `owner` (identity §10). */
  createOwnerToken(org: string, name: string): Promise<CreatedToken> {
    return this.createForInstallation(org, { type: 'api', name, roles: [roleId(org, 'owner')] });
  }

  /** The caller's living tokens of these types. */
  list(caller: StaffCaller, types: readonly TokenType[]): Promise<AccessTokenRecord[]> {
    return listTokens(this.#database.tenant(caller.org), actorOf(caller), types, this.#clock.now());
  }

  /** Revokes one of the caller's tokens, the caller's own, or with `token:delete` any. Throws 404 for unknown and revoked ones. */
  async revoke(caller: StaffCaller, id: string): Promise<AccessTokenRecord> {
    const tenant = this.#database.tenant(caller.org);
    const token = await findToken(tenant, id);
    if (!token) throw notFound('The token');
    const isOwn = token.creator === actorOf(caller) || caller.tokenId === id;
    if (!isOwn) await this.#access.requireGrant({ principal: caller }, 'token:delete', `token:${id}`);
    const revoked = await revokeToken(tenant, id, this.#clock.now());
    this.#verifier.forget(id);
    if (!revoked) throw notFound('The token');
    return revoked;
  }

  /** Whom a token that may be published speaks for; undefined when it is no living `journey` or `portal` token of ours. */
  async publishable(token: string): Promise<PublicPrincipal | undefined> {
    try {
      const issuer = claimedIssuer(token);
      if (!this.#verifier.knows(issuer)) return undefined;
      const bearer = await this.#verifier.verify(token, issuer);
      return bearer.kind === 'public_token' ? bearer : undefined;
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  async #checkRoles(caller: StaffCaller, wanted: readonly string[]): Promise<void> {
    const known = await this.#roles.rolesOf(caller.org);
    for (const [at, id] of wanted.entries()) {
      const role = known.get(id);
      if (!role || !ASSIGNABLE.has(role.type)) {
        throw invalid(
          { path: `body.assignments[${at}]`, message: 'names no role of the organisation' },
          'UNKNOWN_ROLE',
        );
      }
      if (caller.roles.includes(id)) continue;
      if (!(await this.#access.isAllowed(caller, 'role:assign', `role:${id}`))) {
        throw forbidden('Not permitted: role:assign');
      }
    }
  }

  async #issue(
    org: string,
    creator: string,
    request: TokenRequest,
    userId: string | undefined,
  ): Promise<CreatedToken> {
    const { type, name } = request;
    const createdAt = this.#clock.now();
    const lifetime = request.lifetime ?? (TOKEN_TYPES[type].stored ? undefined : TOKEN_TYPES[type].longest);
    const expiresAt = lifetime === undefined ? undefined : new Date(createdAt.getTime() + lifetime * 1000);
    const roles = request.roles ?? [];
    const readOnly = request.readOnly ?? false;
    const { journeyId, portalId, portalUserId } = request;
    const issued = await this.#issuer.issue({
      ...{ org, type, name, userId, roles, readOnly, journeyId, portalId, portalUserId },
      issuedAt: createdAt,
      expiresAt,
    });
    const record: AccessTokenRecord = {
      ...{ id: issued.id, type, name, creator, roles, journeyId, portalId, readOnly },
      ...{ keyId: issued.keyId, createdAt, expiresAt, revokedAt: undefined, lastUsed: undefined },
    };
    if (TOKEN_TYPES[type].stored) await insertToken(this.#tenant(org), record);
    return { record, portalUserId, token: issued.token };
  }

  #tenant(org: string): TenantQueries {
    return this.#database.tenant(org);
  }
}

/** How a caller is named in records: `<kind>:<id>`. */
export function actorOf(caller: StaffCaller): string {
  return caller.kind === 'user' ? `user:${caller.userId}` : `${caller.kind}:${caller.tokenId}`;
}

function actsWithRoles(type: TokenType): boolean {
  return type === 'api' || type === 'app' || type === 'assume';
}
