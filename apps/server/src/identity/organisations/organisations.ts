import type { Clock } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database, TenantQueries, TenantTransaction } from '../../storage/index.ts';
import type { AccessTokenVerifier } from '../authentication/access-token-verifier.ts';
import type { Role } from '../roles/role.ts';
import type { RoleCache } from '../roles/role-cache.ts';
import { listRoles, putRole, removeRole } from '../roles/role-store.ts';
import { endSessionsOfStaff } from '../staff/staff-session-store.ts';
import type { StaffTokenVerifier } from '../staff/staff-token-verifier.ts';
import { revokeTokensOf } from '../tokens/token-store.ts';
import {
  findOrganisation,
  insertOrganisation,
  type Organisation,
  readSetting,
  readSettings,
  writeSetting,
} from './organisation.ts';
import { findStaffUser, putStaffUser, type StaffUser } from './staff-user.ts';

/** Organisations, their settings, roles and staff. */
export class Organisations {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #roles: RoleCache;
  readonly #verifier: AccessTokenVerifier;
  readonly #staff: StaffTokenVerifier;

  constructor(
    database: Database,
    clock: Clock,
    roles: RoleCache,
    verifier: AccessTokenVerifier,
    staff: StaffTokenVerifier,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#roles = roles;
    this.#verifier = verifier;
    this.#staff = staff;
  }

  /**
   * Creates an organisation with its roles (identity §4.4). `alsoCreate` runs in the same transaction: schemas and what else a new
   * organisation needs. For an id that exists nothing happens and the answer is false.
   */
  async create(
    org: string,
    input: { readonly name: string; readonly profile?: Readonly<Record<string, unknown>> },
    alsoCreate: (tx: TenantTransaction) => Promise<void> = async () => undefined,
  ): Promise<boolean> {
    const created = await this.#database.tenant(org).transaction(async (tx) => {
      const isNew = await insertOrganisation(tx, input, this.#clock.now());
      if (isNew) await alsoCreate(tx);
      return isNew;
    });
    this.#roles.forget(org);
    return created;
  }

  /** The organisation; throws 404 when there is none. */
  async get(org: string): Promise<Organisation> {
    const organisation = await findOrganisation(this.#database.tenant(org));
    if (!organisation) throw notFound('The organisation');
    return organisation;
  }

  /** One setting's JSON value (identity §1.2); undefined when it is not set. */
  setting(org: string, key: string): Promise<unknown> {
    return readSetting(this.#database.tenant(org), key);
  }

  /** All settings by key. */
  settings(org: string): Promise<Record<string, unknown>> {
    return readSettings(this.#database.tenant(org));
  }

  /** Replaces a setting; `undefined` deletes it. */
  async writeSetting(org: string, key: string, value: unknown): Promise<void> {
    await writeSetting(this.#database.tenant(org), key, value);
  }

  /** A role as it is stored now; undefined when there is none with this id. */
  async role(queries: TenantQueries, id: string): Promise<Role | undefined> {
    return (await listRoles(queries)).find((role) => role.id === id);
  }

  /** Writes a role, such as a portal's, inside a transaction of the caller's; here it counts at once, elsewhere within 30 seconds. */
  async putRole(tx: TenantTransaction, role: Role): Promise<void> {
    await putRole(tx, role);
    tx.afterCommit(() => this.#roles.forget(tx.org));
  }

  /** Removes a role, such as that of a portal that goes. */
  async removeRole(tx: TenantTransaction, id: string): Promise<void> {
    await removeRole(tx, id);
    tx.afterCommit(() => this.#roles.forget(tx.org));
  }

  /** Writes a 360 user. Users who are no longer active lose their `api` tokens (identity §3.3) and their sessions. */
  async putStaffUser(org: string, user: StaffUser): Promise<void> {
    const now = this.#clock.now();
    await this.#database.tenant(org).transaction(async (tx) => {
      await putStaffUser(tx, user, now);
      tx.afterCommit(() => this.#staff.forgetUser(org, user.id));
      if (user.status === 'Active') return;
      await endSessionsOfStaff(tx, user.id, `user ${user.status.toLowerCase()}`, now);
      const revoked = await revokeTokensOf(tx, `user:${user.id}`, now);
      tx.afterCommit(() => {
        for (const id of revoked) this.#verifier.forget(id);
      });
    });
  }

  /** A 360 user of the organisation, or undefined. */
  staffUser(org: string, id: string): Promise<StaffUser | undefined> {
    return findStaffUser(this.#database.tenant(org), id);
  }
}
