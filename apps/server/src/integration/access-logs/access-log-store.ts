import type { AccessRecord } from '../../http/access-log.ts';
import { empty, join, type Queries, sql, type TenantQueries } from '../../storage/index.ts';
import type { DateRange } from '../inbound/date-range.ts';
import type { PageCursor } from '../inbound/page-cursor.ts';

/** Longest path and origin kept. */
const MOST_TEXT = 2_000;

/** Writes records of any organisations in one statement. */
export async function insertAccessRecords(system: Queries, records: readonly AccessRecord[]): Promise<void> {
  const column = <Value>(pick: (record: AccessRecord) => Value) => records.map(pick);
  await system.run(sql`
    insert into access_log (org_id, timestamp, request_id, token_id, service, method, path, status, latency_ms, response_length, origin, source_ip)
    select * from unnest(
      ${column(({ org }) => org)}::text[], ${column(({ timestamp }) => timestamp.toISOString())}::timestamptz[],
      ${column(({ requestId }) => requestId)}::text[], ${column(({ tokenId }) => tokenId)}::text[],
      ${column(({ service }) => service)}::text[], ${column(({ method }) => method)}::text[],
      ${column(({ path }) => storable(path))}::text[], ${column(({ status }) => status)}::smallint[],
      ${column(({ latencyMs }) => latencyMs)}::integer[], ${column(({ responseLength }) => responseLength)}::bigint[],
      ${column(({ origin }) => (origin === undefined ? null : storable(origin)))}::text[],
      ${column(({ sourceIp }) => sourceIp)}::text[])`);
}

/** What requests send may hold a NUL or be endless. */
function storable(text: string): string {
  return text.slice(0, MOST_TEXT).replaceAll('\u0000', '').toWellFormed();
}

export interface AccessLogFilter {
  readonly tokenIds: readonly string[];
  readonly service: string | undefined;
  readonly method: string | undefined;
  /** A part of the path, case-sensitive. */
  readonly path: string | undefined;
  readonly status: number | undefined;
  readonly range: DateRange;
}

export interface AccessLogRow {
  readonly org_id: string;
  readonly timestamp: Date;
  readonly request_id: string;
  readonly token_id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly latency_ms: number;
  readonly response_length: number;
  readonly origin: string | null;
  readonly source_ip: string;
}

/** Requests made with some tokens, newest first, ties by request id descending; token by token, so that each is read in the order of the index. */
export function queryAccessLog(
  tenant: TenantQueries,
  filter: AccessLogFilter,
  after: PageCursor | undefined,
  limit: number,
): Promise<AccessLogRow[]> {
  const { service, method, path, status, range } = filter;
  const conditions = [
    ...(range.from ? [sql`timestamp >= ${range.from}`] : []),
    ...(range.to ? [sql`timestamp <= ${range.to}`] : []),
    ...(after ? [sql`(timestamp, request_id) < (${after.time}, ${after.id})`] : []),
    ...(service === undefined ? [] : [sql`service = ${service}`]),
    ...(method === undefined ? [] : [sql`method = ${method}`]),
    ...(status === undefined ? [] : [sql`status = ${status}::numeric`]),
    ...(path === undefined ? [] : [sql`strpos(path, ${path}) > 0`]),
  ];
  return tenant.query<AccessLogRow>(sql`
    select page.* from unnest(${[...filter.tokenIds]}::text[]) as wanted (id), lateral (
      select * from access_log
       where org_id = ${tenant.org} and token_id = wanted.id ${conditions.length === 0 ? empty : sql`and ${join(conditions, ' and ')}`}
       order by timestamp desc, request_id desc limit ${limit}) page
     order by timestamp desc, request_id desc limit ${limit}`);
}
