/** The queue whose jobs turn one event into deliveries. */
export const DISPATCH_QUEUE = 'event-dispatch';

/** An event that has arisen. */
export interface EmittedEvent {
  /** ULID. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly correlationId: string;
  /** The whole event as consumers and mappings see it (erp-integration.md 10.1). */
  readonly body: Readonly<Record<string, unknown>>;
}
