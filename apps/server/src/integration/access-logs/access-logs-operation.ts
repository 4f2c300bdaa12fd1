import type { Operations } from '../../contract/operation-types.ts';
import { dateRange } from '../inbound/date-range.ts';
import { cutPage, readCursor } from '../inbound/page-cursor.ts';
import { getIntegration } from '../integrations/integration-store.ts';
import type { GrantCheck } from '../outbound/outbound-platform.ts';
import { type AccessLogRow, queryAccessLog } from './access-log-store.ts';
import type { BufferedAccessLog } from './buffered-access-log.ts';

/** Which requests were made with the tokens of an integration (erp-integration.md 11.6). `environment` is what the rows are said to come from. */
export function accessLogsOperation(
  access: GrantCheck,
  log: Pick<BufferedAccessLog, 'flush'>,
  environment: string,
): Operations<'integration-toolkit'> {
  return {
    async queryAccessLogs(call) {
      const { tenant, body } = call;
      const { integrationId } = call.parameters;
      await access.requireGrant(call, 'integration:monitor', `integration:${integrationId}`);
      const integration = await getIntegration(tenant, integrationId);
      const linked = textsOf(integration.definition['access_token_ids']);
      const filter = {
        // A token that is not linked has made none of the integration's requests.
        tokenIds: linked.filter((id) => body.token_id === undefined || id === body.token_id),
        service: body.service,
        method: body.method,
        path: body.path,
        status: body.status,
        range: dateRange(body),
      };
      const cursor = readCursor(body.cursor?.timestamp, body.cursor?.request_id);
      const limit = body.limit ?? 50;
      // So that whoever asks finds the requests made before, at least those of this process.
      await log.flush();
      const { page, last } = cutPage(await queryAccessLog(tenant, filter, cursor, limit + 1), limit);
      return {
        data: page.map((row) => rowToWire(row, environment)),
        next_cursor: last ? { timestamp: last.timestamp.toISOString(), request_id: last.request_id } : null,
        has_more: last !== undefined,
      };
    },
  };
}

function rowToWire(row: AccessLogRow, environment: string): Record<string, unknown> {
  const { latency_ms, timestamp, origin, ...rest } = row;
  return {
    ...rest,
    timestamp: timestamp.toISOString(),
    environment,
    response_latency_ms: latency_ms,
    ...(origin === null ? {} : { origin }),
  };
}

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return [...new Set(list.filter((item) => typeof item === 'string'))];
}
