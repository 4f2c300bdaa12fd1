import { entityDocuments, findEntity } from '../../entities/index.ts';
import { catalogEvent, emitEvent, hydrateEvent } from '../../events/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, sql, type Tenant } from '../../storage/index.ts';
import { claimRefresh } from './sync-store.ts';

/** The event that asks the ERP for current data, by schema (erp-integration.md 1.1). */
const EVENTS: Readonly<Record<string, string>> = {
  contact: 'OnDemandSyncCustomerRequested',
  contract: 'OnDemandSyncContractRequested',
};
/** Milliseconds for which a process believes what it has read of the integrations' settings. */
const SETTINGS_AGE = 10_000;

interface Settings {
  readonly readAt: number;
  /** Minutes by integration, for those that refresh by themselves. */
  readonly thresholds: Promise<ReadonlyMap<string, number>>;
}

interface AutoRefreshOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Told of failures: whoever opened the entity has their answer already. */
  readonly report: (error: unknown) => void;
}

/**
 * Asks the ERP for current data when somebody opens a customer or contract that an integration with `settings.autoRefresh` has not synced for
 * longer than its threshold: at most once per entity and threshold (erp-integration.md 1.1). It works beside the answer and never delays it.
 */
export class AutoRefresh {
  readonly #options: AutoRefreshOptions;
  readonly #settings = new Map<string, Settings>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: AutoRefreshOptions) {
    this.#options = options;
  }

  /** Somebody has opened an entity; schemas other than `contact` and `contract` are never refreshed. */
  opened(org: string, schema: string, id: string): void {
    const event = EVENTS[schema];
    if (event === undefined) return;
    const running = this.#refresh(this.#options.database.tenant(org), event, id)
      .catch(this.#options.report)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all that was opened has been looked after. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #refresh(tenant: Tenant, name: string, id: string): Promise<void> {
    const thresholds = await this.#thresholds(tenant);
    if (thresholds.size === 0) return;
    const now = this.#options.clock.now();
    await tenant.transaction(async (tx) => {
      if (!(await claimRefresh(tx, id, thresholds, now))) return;
      const entity = await findEntity(tx, id);
      const graph = catalogEvent(name)?.graph;
      if (!entity || !graph) return;
      const entities = await entityDocuments(tx, [entity]);
      const payload = await hydrateEvent(tx, graph, { node: graph.seed, entities });
      await emitEvent(tx, { name, payload, sourceType: 'operation', source: id }, now);
    });
  }

  async #thresholds(tenant: Tenant): Promise<ReadonlyMap<string, number>> {
    const now = this.#options.clock.now().getTime();
    const known = this.#settings.get(tenant.org);
    if (known && Math.abs(now - known.readAt) < SETTINGS_AGE) return known.thresholds;
    const thresholds = readThresholds(tenant);
    this.#settings.set(tenant.org, { readAt: now, thresholds });
    thresholds.catch(() => this.#settings.delete(tenant.org));
    return thresholds;
  }
}

async function readThresholds(tenant: Tenant): Promise<ReadonlyMap<string, number>> {
  const rows = await tenant.query<{ id: string; minutes: number }>(sql`
    select id, (definition #>> '{settings,autoRefresh,freshnessThresholdMinutes}')::numeric::integer as minutes
      from integration
     where org_id = ${tenant.org} and definition #> '{settings,autoRefresh,enabled}' = 'true'::jsonb`);
  return new Map(rows.map(({ id, minutes }) => [id, minutes]));
}
