import { sql, type TenantQueries } from '../../storage/index.ts';

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
