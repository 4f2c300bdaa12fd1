import type { Evaluator } from '@busbar/jsonata';
import type { EntityGraph } from '../entities/index.ts';
import type { Principal } from '../identity/principal.ts';
import type { Metering } from '../metering/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';

/** What the integration domain is built on. */
export interface IntegrationPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly access: {
    /** Throws 403 when the caller may not take the action. */
    requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
  };
  readonly graph: EntityGraph;
  /** The evaluator of JSONata expressions of one organisation. */
  readonly evaluatorOf: (org: string) => Evaluator;
  /** Where meter readings go. */
  readonly readings: Pick<Metering, 'write' | 'prune'>;
  /** Told of failures that are tried again or end as the outcome of an event. */
  readonly report: (error: unknown) => void;
  /** `{base}` of file proxy URLs, without a slash at its end (erp-integration.md 12.1). */
  readonly fileProxyBase: string;
}
