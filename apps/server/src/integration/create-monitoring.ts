import type { Operations } from '../contract/operation-types.ts';
import type { AccessLog } from '../http/access-log.ts';
import type { RecurringTask } from '../jobs/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Database } from '../storage/index.ts';
import { accessLogRetention } from './access-logs/access-log-retention.ts';
import { accessLogsOperation } from './access-logs/access-logs-operation.ts';
import { BufferedAccessLog } from './access-logs/buffered-access-log.ts';
import { countRetention, foldCounts } from './monitoring/fold-counts.ts';
import { outboundEventsOperation } from './monitoring/outbound-events-operation.ts';
import { statisticsOperations } from './monitoring/statistics-operations.ts';
import type { GrantCheck } from './outbound/outbound-platform.ts';

interface MonitoringPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly access: GrantCheck;
  /** What access logs say they come from. */
  readonly environment: string;
  /** Told when access records could not be written, and how many are lost. */
  readonly report: (error: unknown, lost: number) => void;
}

/** What the server gets of monitoring. */
export interface Monitoring {
  readonly operations: readonly Operations<'integration-toolkit'>[];
  readonly recurring: readonly RecurringTask[];
  /** Where the HTTP layer notes authenticated requests. */
  readonly accessLog: AccessLog;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}

/** Builds monitoring: statistics, time series, deliveries, and the access log. */
export function createMonitoring({
  database,
  clock,
  access,
  environment,
  report,
}: MonitoringPlatform): Monitoring {
  const accessLog = new BufferedAccessLog({ database, report });
  return {
    operations: [
      outboundEventsOperation(access),
      statisticsOperations(access, clock),
      accessLogsOperation(access, accessLog, environment),
    ],
    recurring: [foldCounts(database), countRetention(database, clock), accessLogRetention(database, clock)],
    accessLog,
    close: () => accessLog.flush(),
  };
}
