import type { DeniedRequest } from '../../http/denied-writes.ts';
import type { Clock } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import { isReading } from '../authentication/operation-rules.ts';
import type { BackgroundWork } from '../background-work.ts';
import { writeAudit } from './audit.ts';
import { auditActor } from './audit-actor.ts';

/** Writes refused attempts to change something to the audit log of the caller's organisation (identity §8), after the answer. */
export function auditDenied(
  database: Database,
  clock: Clock,
  background: BackgroundWork,
): (denied: DeniedRequest) => void {
  return (denied) => {
    if (isReading(denied)) return;
    const { principal, org, operationId, path, requestId, ip } = denied;
    background.start(() =>
      writeAudit(database.tenant(org), clock.now(), {
        actor: auditActor(principal),
        impersonator: principal.kind === 'portal_user' ? principal.impersonator : undefined,
        action: operationId,
        resource: path.slice(0, 500),
        result: 'denied',
        requestId,
        ip,
      }),
    );
  };
}
