import { type Ending, Grouped, type Job, JobPostponed, type Queue } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Database, TenantQueries } from '../../storage/index.ts';
import type { Sender } from './attempt.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { AttemptOutcome } from './delivery.ts';
import {
  DELIVERY_QUEUE,
  type DeliveryProgress,
  type DeliveryReference,
  type DeliveryToSend,
  loadToSend,
  recordProgress,
} from './delivery-store.ts';
import { pauseAfter } from './retry-schedule.ts';
import { retriesOf } from './webhook-config.ts';

/** Deliveries at once in a process, and to one webhook: a slow receiver occupies its own share only. */
const CONCURRENCY = 256;
const PER_WEBHOOK = 16;
/** Under load deliveries share what is read and written. */
const GATHERING = { gather: 2 };
/** Hours that a delivery waits for a receiver that does not answer at all. */
const LONGEST_SILENCE_HOURS = 24;

export interface DeliveryRunnerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly sender: Sender;
}

/** Carries deliveries out: loads, attempts, records, and decides about the next attempt. */
export class DeliveryRunner {
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #breaker = new CircuitBreaker();
  readonly #loads: Grouped<DeliveryReference, DeliveryToSend | undefined>;
  readonly #records: Grouped<DeliveryProgress, undefined>;

  constructor({ database, clock, sender }: DeliveryRunnerOptions) {
    this.#clock = clock;
    this.#sender = sender;
    this.#loads = new Grouped((references) => loadToSend(database.system, references), GATHERING);
    this.#records = new Grouped(async (progress) => {
      await recordProgress(database.system, progress);
      return progress.map(() => undefined);
    }, GATHERING);
  }

  /** The queue: deliveries of a webhook start in the order of their events, a retry holds nobody back (erp-integration.md 10.3). */
  get queue(): Queue {
    return {
      name: DELIVERY_QUEUE,
      concurrency: CONCURRENCY,
      laneConcurrency: PER_WEBHOOK,
      laneRetry: 'aside',
      // Failures of our own only (the database is away): receivers' failures are outcomes, counted with the delivery.
      attempts: 50,
      handler: async (job, { tenant, signal, ending }) => {
        const wait = await this.deliver({ org: job.org, id: deliveryIdOf(job) }, tenant, { signal, ending });
        if (wait !== undefined) throw new JobPostponed(wait);
      },
    };
  }

  /**
   * Makes the next attempt if it is due. Answers in how many seconds there is another one; undefined when the delivery is finished. When
   * `signal` calls it off, its reason is thrown and the attempt does not count. The job behind `ending` ends with the delivery.
   */
  async deliver(
    reference: DeliveryReference,
    tenant: TenantQueries,
    { signal, ending }: { readonly signal?: AbortSignal; readonly ending?: Ending } = {},
  ): Promise<number | undefined> {
    const item = await this.#loads.add(reference);
    if (item?.delivery.status !== 'pending') return undefined;
    const { delivery } = item;
    const now = this.#clock.now();
    if (delivery.nextAttemptAt && delivery.nextAttemptAt > now)
      return Math.ceil((delivery.nextAttemptAt.getTime() - now.getTime()) / 1000);
    const receiver = JSON.stringify([delivery.org, delivery.webhookId]);
    const closedFor = this.#breaker.admit(receiver, now);
    if (closedFor > 0) {
      if (now.getTime() - delivery.createdAt.getTime() < LONGEST_SILENCE_HOURS * 3_600_000) return closedFor;
      return this.#record(item, silence(), ending);
    }
    return this.#record(item, await this.#attempt(item, receiver, tenant, signal), ending);
  }

  async #attempt(
    item: DeliveryToSend,
    receiver: string,
    tenant: TenantQueries,
    signal: AbortSignal | undefined,
  ): Promise<AttemptOutcome> {
    try {
      const outcome = await this.#sender.attempt(item, tenant, signal);
      if (outcome.answered) this.#breaker.answered(receiver);
      else this.#breaker.silent(receiver, this.#clock.now());
      return outcome;
    } catch (error) {
      this.#breaker.undecided(receiver);
      throw error;
    }
  }

  async #record(
    { delivery, webhook }: DeliveryToSend,
    outcome: AttemptOutcome,
    ending: Ending | undefined,
  ): Promise<number | undefined> {
    const now = this.#clock.now();
    const attempts = delivery.attempts + 1;
    const retries = webhook ? retriesOf(webhook.definition) : 0;
    const pause =
      outcome.result === 'retryable' ? pauseAfter(attempts, retries, outcome.retryAfter) : undefined;
    const status = outcome.result === 'succeeded' ? 'succeeded' : pause === undefined ? 'failed' : 'pending';
    await this.#records.add({
      org: delivery.org,
      id: delivery.id,
      status,
      attempts,
      nextAttemptAt: pause === undefined ? undefined : new Date(now.getTime() + pause * 1000),
      completedAt: pause === undefined ? now : undefined,
      url: outcome.url,
      response: outcome.response,
      ending: pause === undefined ? ending : undefined,
    });
    return pause;
  }
}

function silence(): AttemptOutcome {
  return {
    result: 'failed',
    retryAfter: undefined,
    answered: false,
    url: undefined,
    response: {
      code: 'RECEIVER_SILENT',
      message: `The receiver did not answer for ${LONGEST_SILENCE_HOURS} hours`,
    },
  };
}

function deliveryIdOf(job: Job): string {
  const { payload } = job;
  if (
    typeof payload === 'object' &&
    payload !== null &&
    'deliveryId' in payload &&
    typeof payload.deliveryId === 'string'
  )
    return payload.deliveryId;
  throw new Error(`Job ${job.id} names no delivery`);
}
