import { randomUUID } from 'node:crypto';
import { invalid } from '../../refusal.ts';
import { json, sql, type TenantQueries } from '../../storage/index.ts';
import { historyEntry, type UseCase } from './use-case.ts';

const PAGE = 25;

/** Keeps the state of a use case before a change (erp-integration.md 1.4). */
export async function recordHistory(queries: TenantQueries, before: UseCase, now: Date): Promise<void> {
  const id = randomUUID();
  await queries.run(sql`
    insert into use_case_history (org_id, use_case_id, id, entry, history_created_at)
    values (${queries.org}, ${before.id}, ${id}, ${json(historyEntry(before, id))}::jsonb, ${now})`);
}

/**
 * A page of 25 former states, newest first, and the cursor of the next one. 400 for a cursor that this server did not give out for this use
 * case.
 */
export async function readHistory(
  queries: TenantQueries,
  useCaseId: string,
  cursor: string | undefined,
): Promise<{ history: object[]; next: string | undefined }> {
  const before = cursor === undefined ? null : readCursor(cursor, useCaseId);
  const rows = await queries.query<{ position: number; entry: object; history_created_at: Date }>(sql`
    select position, entry, history_created_at from use_case_history
     where org_id = ${queries.org} and use_case_id = ${useCaseId} and (${before}::bigint is null or position < ${before})
     order by position desc limit ${PAGE + 1}`);
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  return {
    history: page.map(({ entry, history_created_at: at }) => ({
      ...entry,
      history_created_at: at.toISOString(),
    })),
    next: rows.length > PAGE && last ? writeCursor(last.position, useCaseId) : undefined,
  };
}

function writeCursor(position: number, useCaseId: string): string {
  return Buffer.from(JSON.stringify([position, useCaseId])).toString('base64url');
}

function readCursor(cursor: string, useCaseId: string): number {
  const position = decoded(cursor);
  // Only the canonical spelling counts, so that a changed character is noticed.
  if (position === undefined || writeCursor(position, useCaseId) !== cursor)
    throw invalid({ path: 'query.cursor', message: 'is not a cursor of this list' });
  return position;
}

function decoded(cursor: string): number | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [position]: readonly unknown[] = Array.isArray(value) ? value : [];
    return typeof position === 'number' && Number.isSafeInteger(position) ? position : undefined;
  } catch {
    return undefined;
  }
}
