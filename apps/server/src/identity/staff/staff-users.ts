import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/index.ts';
import { invalid, notFound } from '../../refusal.ts';
import { type Database, sql, type Tenant } from '../../storage/index.ts';
import type { PasswordHasher } from '../accounts/password-hasher.ts';
import type { Organisations } from '../organisations/organisations.ts';
import type { StaffUser } from '../organisations/staff-user.ts';
import {
  attemptFailed,
  attemptSucceeded,
  beginSignInAttempt,
  ownerSeen,
} from '../rate-limits/sign-in-attempt.ts';
import { roleId } from '../roles/role.ts';
import { endSessionsOfStaff } from './staff-session-store.ts';
import { STAFF_SURFACE } from './staff-sessions.ts';
import type { StaffTokenVerifier } from './staff-token-verifier.ts';

/** Counters of sign-in attempts of staff: before somebody is known they belong to no organisation. */
export const INSTALLATION = 'installation';
/** 160 bits, as text that can be typed. */
const PASSWORD_BYTES = 20;

/** A 360 user and the organisation they belong to. */
export interface FoundStaff {
  readonly tenant: Tenant;
  readonly id: string;
  readonly email: string;
  readonly status: StaffUser['status'];
  /** Undefined for users without a password. */
  readonly passwordHash: string | undefined;
}

/** The people of the organisations, as far as signing in needs them (identity §2.1, §2.2). */
export class StaffUsers {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #hasher: PasswordHasher;
  readonly #organisations: Organisations;
  readonly #verifier: StaffTokenVerifier;

  constructor(parts: {
    readonly database: Database;
    readonly clock: Clock;
    readonly hasher: PasswordHasher;
    readonly organisations: Organisations;
    readonly verifier: StaffTokenVerifier;
  }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#hasher = parts.hasher;
    this.#organisations = parts.organisations;
    this.#verifier = parts.verifier;
  }

  /** The user with an address, in whatever organisation: addresses are unique in the installation. */
  async byEmail(email: string): Promise<FoundStaff | undefined> {
    const address = email.trim().toLowerCase();
    const row = await this.#database.system.first<{
      org_id: string;
      id: string;
      status: StaffUser['status'];
      password_hash: string | null;
    }>(sql`
      select org_id, id, status, password_hash from staff_user where email = ${address} and status <> 'Deleted'`);
    if (!row) return undefined;
    const { org_id, id, status, password_hash } = row;
    const passwordHash = password_hash ?? undefined;
    return { tenant: this.#database.tenant(org_id), id, status, email: address, passwordHash };
  }

  /**
   * Adds an active user with one role, or gives an existing one of the organisation that role. Throws 400 for what is no address or no role,
   * 404 for unknown organisations and for addresses that belong to another one.
   */
  async add(org: string, email: string, roleSlug: string): Promise<void> {
    const address = email.trim().toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > 320)
      throw invalid({ path: 'email', message: 'must be an e-mail address' });
    const role = roleId(org, roleSlug);
    const tenant = this.#database.tenant(org);
    if (!(await this.#organisations.role(tenant, role)))
      throw invalid({ path: 'role', message: `is no role of organisation ${org}` });
    const known = await this.byEmail(address);
    if (known && known.tenant.org !== org) throw notFound('The user');
    const id = known?.id ?? randomUUID();
    const displayName = (known && (await this.#organisations.staffUser(org, id)))?.displayName ?? address;
    const user = { id, email: address, displayName, status: 'Active', roles: [role] } as const;
    await this.#organisations.putStaffUser(org, user);
  }

  /** Deletes a user: their tokens and sessions end at once. Throws 404 when nobody has the address. */
  async remove(email: string): Promise<void> {
    const { tenant, id } = await this.#existing(email);
    const user = await this.#organisations.staffUser(tenant.org, id);
    if (!user) throw notFound('The user');
    await this.#organisations.putStaffUser(tenant.org, { ...user, status: 'Deleted' });
  }

  /** Gives a user a new random password, answers it, and ends their sessions. Throws 404 when nobody has the address. */
  async newPassword(email: string): Promise<string> {
    const { tenant, id } = await this.#existing(email);
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    await tenant.run(sql`
      update staff_user set password_hash = ${await this.#hasher.hash(password)} where org_id = ${tenant.org} and id = ${id}`);
    await endSessionsOfStaff(tenant, id, 'password changed', this.#clock.now());
    this.#verifier.forgetUser(tenant.org, id);
    return password;
  }

  /**
   * The active user whose address and password these are. Unknown addresses, wrong passwords and clients that are locked out take the same
   * work and give the same answer (portal §1.7 and §1.8, which staff get as well).
   */
  async byPassword(email: string, password: string, client: string): Promise<FoundStaff | undefined> {
    const found = await this.byEmail(email);
    const counters = this.#database.tenant(INSTALLATION);
    const at = { portalId: STAFF_SURFACE, email: email.trim().toLowerCase(), client };
    const attempt = await beginSignInAttempt(counters, at, this.#clock.now());
    const fits = await this.#hasher.verify(found?.passwordHash, password);
    if (!attempt.isOpen) return undefined;
    if (!fits || found?.status !== 'Active') {
      await attemptFailed(counters, attempt, this.#clock.now());
      return undefined;
    }
    await attemptSucceeded(counters, attempt);
    await ownerSeen(counters, at, this.#clock.now());
    return found;
  }

  async #existing(email: string): Promise<FoundStaff> {
    const found = await this.byEmail(email);
    if (!found) throw notFound('The user');
    return found;
  }
}
