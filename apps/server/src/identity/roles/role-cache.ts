import type { Clock } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Role } from './role.ts';
import { listRoles } from './role-store.ts';

/** Role changes take effect everywhere within this time (identity §4.5). */
const KEPT_MS = 30_000;
const MOST_ORGANISATIONS = 1_000;

/** The roles of organisations, kept for 30 seconds. */
export class RoleCache {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #kept = new Map<
    string,
    { readonly until: number; readonly roles: Promise<ReadonlyMap<string, Role>> }
  >();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The organisation's roles by id. */
  async rolesOf(org: string): Promise<ReadonlyMap<string, Role>> {
    const now = this.#clock.now().getTime();
    const kept = this.#kept.get(org);
    if (kept && kept.until > now) return kept.roles;
    const roles = listRoles(this.#database.tenant(org)).then(
      (list) => new Map(list.map((role) => [role.id, role])),
    );
    if (this.#kept.size >= MOST_ORGANISATIONS) this.#kept.clear();
    this.#kept.set(org, { until: now + KEPT_MS, roles });
    // A failed read must not be answered again for 30 seconds.
    roles.catch(() => this.#kept.delete(org));
    return roles;
  }

  /** Forgets an organisation's roles after this process changed them. */
  forget(org: string): void {
    this.#kept.delete(org);
  }
}
