import type { Operations } from '../contract/operation-types.ts';
import type { Events } from '../events/index.ts';
import type { RecurringTask } from '../jobs/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import type { GrantCheck } from './outbound/outbound-platform.ts';
import { statusOperation } from './outbound/status-operation.ts';
import { triggerOperation } from './outbound/trigger-operation.ts';
import { forgetTriggers } from './outbound/trigger-store.ts';
import { acknowledgeOperation } from './tracking/acknowledge-operation.ts';
import { expireTracking } from './tracking/expire-tracking.ts';

interface OutboundPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly access: GrantCheck;
  readonly events: Pick<Events, 'deliverNow'>;
}

/** What the server gets of the way out to the ERP. */
export interface Outbound {
  readonly operations: readonly Operations<'integration-toolkit'>[];
  readonly recurring: readonly RecurringTask[];
}

/** Builds the way out: status, triggers and acknowledgements. Events go out through `outboundPlanner`, which the event domain needs first. */
export function createOutbound({ database, clock, access, events }: OutboundPlatform): Outbound {
  return {
    operations: [
      statusOperation(access),
      triggerOperation({ access, clock, events }),
      acknowledgeOperation(clock),
    ],
    recurring: [expireTracking(database, clock), forgetTriggers(database, clock)],
  };
}
