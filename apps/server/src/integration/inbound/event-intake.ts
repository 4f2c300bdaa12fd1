import { Grouped, wakeUp } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { type Acceptance, acceptEvents, type EventDelivery } from './accept-events.ts';
import { INBOUND_QUEUE } from './inbound-queue.ts';
import { UseCaseMemory } from './known-use-cases.ts';

/** Most calls whose events go into one statement. */
const MOST_CALLS = 32;
/** Milliseconds in which callers that were answered together may call again and share the next statement, too. */
const GATHER = 2;

/**
 * Takes events in. Calls of one organisation that arrive while a statement is on its way share the next one: under load the commit is paid once
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
    // An id in capitals is the same id.
    const integrationId = delivery.integrationId.toLowerCase();
    const acceptances = await this.#groupOf(org).add({ ...delivery, integrationId });
    if (!acceptances) throw notFound('The integration', 'INTEGRATION_NOT_FOUND');
    return acceptances;
  }

  #groupOf(org: string): Grouped<EventDelivery, readonly Acceptance[] | undefined> {
    const known = this.#byOrganisation.get(org);
    if (known) return known;
    const tenant = this.#database.tenant(org);
    const memory = new UseCaseMemory();
    const group = new Grouped<EventDelivery, readonly Acceptance[] | undefined>(
      async (deliveries) => {
        const accepted = await acceptEvents(tenant, memory, deliveries, this.#clock.now());
        if (accepted.some((list) => list?.some(({ status }) => status === 'success'))) wakeUp(INBOUND_QUEUE);
        return accepted;
      },
      { most: MOST_CALLS, gather: GATHER },
    );
    this.#byOrganisation.set(org, group);
    return group;
  }
}
