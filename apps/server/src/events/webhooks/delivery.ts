/** What is kept of a receiver's answer, or of why there was none. Secrets of the request are masked. */
export interface HttpResponse {
  /** Absent when no answer came. */
  readonly status_code?: number;
  readonly message: string;
  /** Why there was no usable answer. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's JSON object, or `{ text }`; at most 4 KiB. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly start_date?: string;
  readonly end_date?: string;
}

export type DeliveryStatus = 'pending' | 'succeeded' | 'failed';

/** One message to one webhook, with all its attempts. */
export interface Delivery {
  readonly org: string;
  /** ULID; the message id on the wire is `msg_` and this. */
  readonly id: string;
  readonly webhookId: string;
  readonly eventName: string;
  /** The catalog event behind it. */
  readonly eventId: string | undefined;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** When the event arose (UTC); deliveries sort by it. */
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | undefined;
  readonly completedAt: Date | undefined;
  /** As configured until the first attempt, then as called, secrets masked. */
  readonly url: string;
  readonly httpMethod: string;
  /** The JSON text that is sent; undefined when none is, and after the retention of payloads. */
  readonly payload: string | undefined;
  readonly httpResponse: HttpResponse | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What one attempt came to. */
export interface AttemptOutcome {
  readonly result: 'succeeded' | 'retryable' | 'failed';
  /** The receiver's wish in seconds. */
  readonly retryAfter: number | undefined;
  /** Whether anybody answered at all, for the circuit breaker. */
  readonly answered: boolean;
  /** As called, masked; undefined when it did not come to a call. */
  readonly url: string | undefined;
  readonly response: HttpResponse;
}

/** The id on the wire: the same for every attempt. */
export function messageId(delivery: Pick<Delivery, 'id'>): string {
  return `msg_${delivery.id}`;
}
