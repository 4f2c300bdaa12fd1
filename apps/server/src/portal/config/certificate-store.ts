import { type Queries, sql, type TenantQueries } from '../../storage/index.ts';

/** The states of a certificate (contract `certificate_details.status`). */
export type CertificateStatus =
  | 'PENDING_VALIDATION'
  | 'ISSUED'
  | 'INACTIVE'
  | 'EXPIRED'
  | 'VALIDATION_TIMED_OUT'
  | 'REVOKED'
  | 'FAILED'
  | 'PENDING_AUTO_RENEWAL';

/** The certificate of a portal's own domain, as the last look found it. */
export interface PortalCertificate {
  readonly portalId: string;
  readonly domain: string;
  readonly status: CertificateStatus;
  /** Such as `CAA_ERROR`. */
  readonly failedReason: string | undefined;
  /** When the edge was first asked to obtain it (UTC). */
  readonly orderedAt: Date;
  readonly checkedAt: Date;
}

interface CertificateRow {
  readonly portal_id: string;
  readonly domain: string;
  readonly status: CertificateStatus;
  readonly failed_reason: string | null;
  readonly ordered_at: Date;
  readonly checked_at: Date;
}

/** The state of a portal's certificate; undefined while none was ordered. */
export async function readCertificate(
  queries: TenantQueries,
  portalId: string,
): Promise<PortalCertificate | undefined> {
  const row = await queries.first<CertificateRow>(sql`
    select portal_id, domain, status, failed_reason, ordered_at, checked_at from portal_certificate
     where org_id = ${queries.org} and portal_id = ${portalId}`);
  return (
    row && {
      portalId: row.portal_id,
      domain: row.domain,
      status: row.status,
      failedReason: row.failed_reason ?? undefined,
      orderedAt: row.ordered_at,
      checkedAt: row.checked_at,
    }
  );
}

/** Orders a certificate for a portal's domain; a certificate of another domain is forgotten, one of the same stays as it is. */
export async function orderCertificate(
  queries: TenantQueries,
  portalId: string,
  domain: string,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    insert into portal_certificate (org_id, portal_id, domain, status, ordered_at, checked_at)
    values (${queries.org}, ${portalId}, ${domain}, 'PENDING_VALIDATION', ${now}, ${now})
    on conflict (org_id, portal_id) do update
       set domain = excluded.domain, status = excluded.status, failed_reason = null, ordered_at = excluded.ordered_at,
           checked_at = excluded.checked_at
     where portal_certificate.domain <> excluded.domain`);
}

/** Notes what a look found. A new order (`restart`) counts its time from now. */
export async function noteCertificate(
  queries: TenantQueries,
  portalId: string,
  found: {
    readonly status: CertificateStatus;
    readonly failedReason: string | undefined;
    readonly restart: boolean;
  },
  now: Date,
): Promise<void> {
  await queries.run(sql`
    update portal_certificate
       set status = ${found.status}, failed_reason = ${found.failedReason ?? null}, checked_at = ${now},
           ordered_at = case when ${found.restart}::boolean then ${now}::timestamptz else ordered_at end
     where org_id = ${queries.org} and portal_id = ${portalId}`);
}

/** The certificates of the installation that were not looked at since an instant, the longest waiting first. */
export async function certificatesToCheck(
  queries: Queries,
  since: Date,
  most: number,
): Promise<{ readonly org: string; readonly portalId: string }[]> {
  const rows = await queries.query<{ org_id: string; portal_id: string }>(sql`
    select org_id, portal_id from portal_certificate where checked_at < ${since} order by checked_at limit ${most}`);
  return rows.map((row) => ({ org: row.org_id, portalId: row.portal_id }));
}
