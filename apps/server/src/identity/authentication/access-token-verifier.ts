import type { Clock } from '../../ports/index.ts';
import { unauthorized } from '../../refusal.ts';
import type { Database, Tenant } from '../../storage/index.ts';
import { type JsonObject, textOf, textsOf } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { findOrganisation } from '../organisations/organisation.ts';
import { findStaffUser } from '../organisations/staff-user.ts';
import type { ApiPrincipal, PublicPrincipal, StaffPrincipal } from '../principal.ts';
import { TOKEN_AUDIENCE } from '../tokens/token-issuer.ts';
import { type AccessTokenRecord, findToken, noteTokenUse } from '../tokens/token-store.ts';
import { issuerOf, isTokenType, TOKEN_TYPES, type TokenType } from '../tokens/token-type.ts';
import { VerdictCache } from './verdict-cache.ts';
import { fingerprint, verifyJwt } from './verify-jwt.ts';

/** Revocations by other processes count within this time (identity §3.4). */
const KEPT_MS = 10_000;

/** A `portal_preview` token: an admin looks at a portal as one of its users (identity §6). */
export interface PreviewGrant {
  readonly kind: 'preview';
  readonly org: string;
  readonly portalId: string;
  readonly portalUserId: string;
}

type Bearer = StaffPrincipal | ApiPrincipal | PublicPrincipal | PreviewGrant;

interface Verdict {
  readonly bearer: Bearer;
  /** The token id, and the one of the token it was made with: revoking either ends it. */
  readonly tokenIds: readonly string[];
}

/** Verifies the tokens of the access-token API (identity §3.4 steps 1-4). */
export class AccessTokenVerifier {
  readonly #database: Database;
  readonly #keys: KeyRing;
  readonly #clock: Clock;
  readonly #baseUrl: string;
  readonly #verdicts: VerdictCache<Verdict>;

  constructor(database: Database, keys: KeyRing, clock: Clock, baseUrl: string) {
    this.#database = database;
    this.#keys = keys;
    this.#clock = clock;
    this.#baseUrl = baseUrl;
    this.#verdicts = new VerdictCache(clock, KEPT_MS);
  }

  /** Whether tokens of this issuer are ours to verify. */
  knows(issuer: string): boolean {
    return issuer.startsWith(`${this.#baseUrl}/v1/access-tokens`);
  }

  /** Who the token speaks for. Throws 401 when it is not signed by us, expired, revoked, or of an inactive organisation or user. */
  async verify(token: string, issuer: string): Promise<Bearer> {
    const key = fingerprint(token);
    const known = this.#verdicts.get(key);
    if (known) return known.bearer;
    const type = representativeType(issuer, this.#baseUrl);
    if (!type) throw unauthorized();
    const claims = await verifyJwt(this.#keys, TOKEN_TYPES[type].keySet, token, issuer, this.#clock.now());
    const verdict = await this.#judge(claims, issuer);
    const expiry = claims['exp'];
    this.#verdicts.set(key, verdict, typeof expiry === 'number' ? new Date(expiry * 1000) : undefined);
    return verdict.bearer;
  }

  /** Ends a revoked token in this process at once. */
  forget(tokenId: string): void {
    this.#verdicts.forget((verdict) => verdict.tokenIds.includes(tokenId));
  }

  async #judge(claims: JsonObject, issuer: string): Promise<Verdict> {
    const type = claims['token_type'];
    const org = textOf(claims['org_id']);
    const id = textOf(claims['token_id']);
    const isOurs =
      claims['aud'] === TOKEN_AUDIENCE && claims['token_use'] === 'access' && claims['jti'] === id;
    if (!isTokenType(type) || !org || !id || !isOurs || issuerOf(this.#baseUrl, type) !== issuer) {
      throw unauthorized();
    }
    const tenant = this.#database.tenant(org);
    const organisation = await findOrganisation(tenant);
    if (!organisation?.active) throw unauthorized();
    if (type === 'assume') return this.#judgeAssume(tenant, claims, id);
    if (type === 'portal_preview') return { bearer: previewOf(claims, org), tokenIds: [id] };
    const record = await this.#livingRecord(tenant, id, type);
    return { bearer: bearerOf(record, org), tokenIds: [id] };
  }

  /** A user, or another token, acting with roles that were chosen when the token was made. */
  async #judgeAssume(tenant: Tenant, claims: JsonObject, id: string): Promise<Verdict> {
    const userId = textOf(claims['user_id']) ?? '';
    const common = {
      org: tenant.org,
      roles: textsOf(claims['assume_roles']),
      readOnly: claims['read_only'] === true,
    };
    const user = await findStaffUser(tenant, userId);
    if (user) {
      if (user.status !== 'Active') throw unauthorized();
      return { bearer: { kind: 'user', userId, email: user.email, tokenId: id, ...common }, tokenIds: [id] };
    }
    const maker = await this.#livingRecord(tenant, userId, undefined);
    if (maker.type !== 'api' && maker.type !== 'app') throw unauthorized();
    const kind = maker.type === 'api' ? ('api_client' as const) : ('app' as const);
    return { bearer: { kind, tokenId: maker.id, name: maker.name, ...common }, tokenIds: [id, maker.id] };
  }

  async #livingRecord(tenant: Tenant, id: string, type: TokenType | undefined): Promise<AccessTokenRecord> {
    const record = await findToken(tenant, id);
    const now = this.#clock.now();
    const isOver = record?.revokedAt !== undefined || (record?.expiresAt && record.expiresAt <= now);
    if (!record || isOver || (type !== undefined && record.type !== type)) throw unauthorized();
    const today = now.toISOString().slice(0, 10);
    if (record.lastUsed === undefined || record.lastUsed < today) await noteTokenUse(tenant, id, today);
    return record;
  }
}

/** A type of this issuer, to know its key set. The token's own type is checked against the issuer after verification. */
function representativeType(issuer: string, baseUrl: string): TokenType | undefined {
  return (['api', 'portal', 'portal_preview'] as const).find((type) => issuerOf(baseUrl, type) === issuer);
}

function previewOf(claims: JsonObject, org: string): PreviewGrant {
  const portalId = textOf(claims['portal_id']);
  const portalUserId = textOf(claims['portal_user_id']);
  if (!portalId || !portalUserId) throw unauthorized();
  return { kind: 'preview', org, portalId, portalUserId };
}

function bearerOf(record: AccessTokenRecord, org: string): ApiPrincipal | PublicPrincipal {
  if (record.type === 'journey' || record.type === 'portal') {
    const { portalId, journeyId } = record;
    return { kind: 'public_token', org, tokenId: record.id, portalId, journeyId };
  }
  const { name, roles, readOnly } = record;
  const kind = record.type === 'app' ? 'app' : 'api_client';
  return { kind, org, tokenId: record.id, name, roles, readOnly };
}
