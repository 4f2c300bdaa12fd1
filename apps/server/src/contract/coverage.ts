import type { Operation } from './openapi-document.ts';
import { WHOLE_APIS } from './served-operations.ts';

export interface CoverageRow {
  readonly api: string;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** Security schemes, joined by `|`; `public` where a call needs none. */
  readonly auth: string;
  readonly implemented: boolean;
  /** One of the 182 documented operations of the mission. */
  readonly mission: boolean;
}

/**
 * One row per served operation. `handled` holds the keys `<api> <operationId>` that have a handler, `mission` those of the documented
 * sample calls.
 */
export function coverage(
  operations: readonly Operation[],
  handled: { has(key: string): boolean },
  mission: ReadonlySet<string>,
): CoverageRow[] {
  return operations.map((operation) => {
    const key = `${operation.api} ${operation.operationId}`;
    const schemes = operation.security.join('|');
    return {
      api: operation.api,
      operationId: operation.operationId,
      method: operation.method,
      path: operation.path,
      auth: operation.anonymous ? [schemes, 'public'].filter((part) => part !== '').join('|') : schemes,
      implemented: handled.has(key),
      mission: mission.has(key),
    };
  });
}

/** The rows as an aligned table, with a line of totals per API and one for the mission. */
export function coverageTable(rows: readonly CoverageRow[]): string {
  const cells = rows.map((row) => [
    row.api,
    row.operationId,
    row.method,
    row.path,
    row.auth,
    row.implemented ? 'yes' : row.mission ? 'NO' : 'no',
  ]);
  const header = ['api', 'operationId', 'method', 'path', 'auth', 'implemented'];
  const widths = header.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const share = (list: readonly CoverageRow[]) =>
    `${list.filter((row) => row.implemented).length} of ${list.length}`;
  const apis = [...new Set(rows.map((row) => row.api))];
  return [
    line(header),
    ...cells.map(line),
    '',
    ...apis.map((api) => `${api}: ${share(rows.filter((row) => row.api === api))}`),
    `whole APIs: ${share(rows.filter((row) => WHOLE_APIS.some((api) => api === row.api)))}`,
    `mission: ${share(rows.filter((row) => row.mission))}`,
  ].join('\n');
}
