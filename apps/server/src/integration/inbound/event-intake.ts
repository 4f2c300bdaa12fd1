import { Grouped } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { type Acceptance, acceptEvents, type EventDelivery } from './accept-events.ts';

/** Most calls whose events go into one transaction. */
const MOST_CALLS = 32;
/** Milliseconds in which callers that were answered together may call again and share the next transaction, too. */
const GATHER = 2;

/**
 * Takes events in. Calls of one organisation that arrive while a transaction is on its way share the next one: under load the commit is paid once
 * for many, and a single call waits for nobody.
 */
export class EventIntake {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #byOrganisation = new Map<string, Grouped<EventDelivery, readonly Acceptance[] | undefined>>();

  constructor(platform: { readonly database: Database; readonly clock: Clock }) {
    this.#database = platform.database;
    this.#clock = platform.clock;
  }

  /** Answers one acceptance per event in order, after they are durable. 404 `INTEGRATION_NOT_FOUND`. */
  async accept(org: string, delivery: EventDelivery): Promise<readonly Acceptance[]> {
    const acceptances = await this.#groupOf(org).add(delivery);
    if (!acceptances) throw notFound('The integration', 'INTEGRATION_NOT_FOUND');
    return acceptances;
  }

  #groupOf(org: string): Grouped<EventDelivery, readonly Acceptance[] | undefined> {
    const known = this.#byOrganisation.get(org);
    if (known) return known;
    const tenant = this.#database.tenant(org);
    const group = new Grouped<EventDelivery, readonly Acceptance[] | undefined>(
      (deliveries) => tenant.transaction((tx) => acceptEvents(tx, deliveries, this.#clock.now())),
      { most: MOST_CALLS, gather: GATHER },
    );
    this.#byOrganisation.set(org, group);
    return group;
  }
}
