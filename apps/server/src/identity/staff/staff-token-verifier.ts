import type { Clock } from '../../ports/index.ts';
import { unauthorized } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { VerdictCache } from '../authentication/verdict-cache.ts';
import { fingerprint, verifyJwt } from '../authentication/verify-jwt.ts';
import { textOf } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { StaffPrincipal } from '../principal.ts';
import { findSignedInStaff } from './staff-session-store.ts';
import { staffIssuer } from './staff-sessions.ts';

/** Sessions that other processes end, and roles they change, count within this time, as with access tokens (identity §3.4). */
const KEPT_MS = 10_000;

interface Verdict {
  readonly principal: StaffPrincipal;
  readonly sessionId: string;
}

/** Verifies the session tokens of 360 users. */
export class StaffTokenVerifier {
  readonly #database: Database;
  readonly #keys: KeyRing;
  readonly #clock: Clock;
  readonly #issuer: string;
  readonly #verdicts: VerdictCache<Verdict>;

  constructor(database: Database, keys: KeyRing, clock: Clock, baseUrl: string) {
    this.#database = database;
    this.#keys = keys;
    this.#clock = clock;
    this.#issuer = staffIssuer(baseUrl);
    this.#verdicts = new VerdictCache(clock, KEPT_MS);
  }

  /** Whether tokens of this issuer are ours to verify. */
  knows(issuer: string): boolean {
    return issuer === this.#issuer;
  }

  /** Who the token speaks for. Throws 401 when it is not ours, has expired, its session has ended or its user is not active. */
  async verify(token: string): Promise<StaffPrincipal> {
    const key = fingerprint(token);
    const known = this.#verdicts.get(key);
    if (known) return known.principal;
    const now = this.#clock.now();
    const claims = await verifyJwt(this.#keys, 'portal', token, this.#issuer, now);
    const org = textOf(claims['custom:org_id']);
    const sessionId = textOf(claims['sid']);
    if (!org || !sessionId || claims['token_use'] !== 'id') throw unauthorized();
    const staff = await findSignedInStaff(this.#database.tenant(org), sessionId, now);
    if (!staff || staff.userId !== claims['sub']) throw unauthorized();
    const { userId, email, roles } = staff;
    const principal: StaffPrincipal = {
      ...{ kind: 'user', org, userId, email, roles },
      tokenId: undefined,
      readOnly: false,
    };
    const expiry = claims['exp'];
    const endsAt = typeof expiry === 'number' ? new Date(expiry * 1000) : undefined;
    this.#verdicts.set(key, { principal, sessionId }, endsAt);
    return principal;
  }

  /** Ends a session in this process at once. */
  forgetSession(id: string): void {
    this.#verdicts.forget(({ sessionId }) => sessionId === id);
  }

  /** Ends what a user may do in this process at once. */
  forgetUser(org: string, id: string): void {
    this.#verdicts.forget(({ principal }) => principal.org === org && principal.userId === id);
  }
}
