import { newUlid } from '../../ports/index.ts';
import { sql, type TenantQueries } from '../../storage/index.ts';

/** Something worth knowing later (identity §8): who did what to what, and how it ended. Never secrets, tokens or addresses. */
export interface AuditEntry {
  /** `<kind>:<id>`, for example `portal_user:<uuid>`; `unknown` before anybody is known. */
  readonly actor: string;
  readonly impersonator?: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly result: 'success' | 'failure' | 'denied';
  readonly requestId?: string | undefined;
  readonly ip?: string | undefined;
}

/** Appends to the organisation's audit log. */
export async function writeAudit(queries: TenantQueries, now: Date, entry: AuditEntry): Promise<void> {
  await queries.run(sql`
    insert into audit_entry (org_id, id, at, actor, impersonator, action, resource, result, request_id, ip)
    values (${queries.org}, ${newUlid(now)}, ${now}, ${entry.actor}, ${entry.impersonator ?? null}, ${entry.action},
            ${entry.resource}, ${entry.result}, ${entry.requestId ?? null}, ${entry.ip ?? null})`);
}
