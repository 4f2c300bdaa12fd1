import type { Operations } from '../../contract/operation-types.ts';
import type { Clock } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import { closeTracking } from './tracking-store.ts';

/** Confirming the receipt of an event (erp-integration.md 3.8); any valid token will do, and the second call finds nothing any more. */
export function acknowledgeOperation(clock: Clock): Operations<'integration-toolkit'> {
  return {
    async acknowledgeTracking(call) {
      if (!(await closeTracking(call.tenant, call.body.ack_id, clock.now())))
        throw notFound('The tracking record', 'TRACKING_NOT_FOUND');
      return { message: 'The event was acknowledged' };
    },
  };
}
