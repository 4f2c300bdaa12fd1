import type { Clock, Dns, Egress } from '../../ports/index.ts';
import { DnsError } from '../../ports/index.ts';
import type { Database } from '../../storage/index.ts';
import { type CertificateLook, lookAtCertificate } from './certificate-probe.ts';
import {
  type CertificateStatus,
  certificatesToCheck,
  noteCertificate,
  orderCertificate,
  type PortalCertificate,
  readCertificate,
} from './certificate-store.ts';
import { type EdgeSettings, leadsToEdge, mayIssue } from './domain-check.ts';
import type { Portal } from './portal.ts';

/** What a check of a portal's own domain answers (contract `validateCaaRecords`). */
export interface DomainVerdict {
  /** Whether going on, or asking again later, makes sense. */
  readonly retry: boolean;
  readonly message: string;
  readonly isDNSConfigured: boolean;
}

interface CertificatesPlatform {
  readonly database: Database;
  readonly clock: Clock;
  readonly dns: Dns;
  readonly egress: Egress;
  readonly edge: EdgeSettings;
}

const HOUR_MS = 3_600_000;
/** An order nobody could validate for so long has failed. */
const VALIDATION_MS = 72 * HOUR_MS;
const RECHECK_MS = 10 * 60_000;
const BATCH = 50;

/**
 * The certificates of portals' own domains. The edge obtains and renews them; this server says which domains it may do that for, checks the
 * name service, and looks over TLS whether the certificate is there (portal §3.11).
 */
export class Certificates {
  readonly #platform: CertificatesPlatform;

  constructor(platform: CertificatesPlatform) {
    this.#platform = platform;
  }

  /** The host name that customers' CNAME records must name. */
  get edgeHost(): string {
    return this.#platform.edge.host;
  }

  /** Registers a portal's own domain with the edge and orders its certificate; again and again without harm. */
  async order(portal: Portal, domain: string): Promise<void> {
    const { database, clock } = this.#platform;
    await orderCertificate(database.tenant(portal.org), portal.portalId, domain, clock.now());
  }

  /** Checks name service, CAA and certificate of a portal's own domain, and starts the order anew where it had failed. */
  async check(portal: Portal): Promise<DomainVerdict> {
    const domain = ownDomain(portal);
    if (domain === undefined) {
      return { retry: false, isDNSConfigured: true, message: 'This portal has no domain of its own.' };
    }
    const { database, clock, dns, edge } = this.#platform;
    const tenant = database.tenant(portal.org);
    await this.order(portal, domain);
    try {
      const isDNSConfigured = await leadsToEdge(dns, domain, edge);
      if (!(await mayIssue(dns, domain, edge))) {
        const failed = { status: 'FAILED', failedReason: 'CAA_ERROR', restart: false } as const;
        await noteCertificate(tenant, portal.portalId, failed, clock.now());
        return { retry: false, isDNSConfigured, message: caaAdvice(domain, edge) };
      }
      const certificate = await this.#look(portal, isDNSConfigured, { restart: true });
      if (certificate?.status === 'ISSUED') {
        return { retry: false, isDNSConfigured, message: `The certificate of ${domain} is issued.` };
      }
      const message = isDNSConfigured
        ? `The certificate of ${domain} is being obtained.`
        : `Add a CNAME record for ${domain} that points to ${edge.host}.`;
      return { retry: true, isDNSConfigured, message };
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      return {
        retry: true,
        isDNSConfigured: false,
        message: `The name service gave a temporary failure for ${domain}. Try again later.`,
      };
    }
  }

  /** Looks at the certificates that nobody looked at for ten minutes; the states of the others stand. */
  async recheck(
    findPortal: (portalId: string) => Promise<Portal | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const { database, clock } = this.#platform;
    const since = new Date(clock.now().getTime() - RECHECK_MS);
    for (;;) {
      const waiting = await certificatesToCheck(database.system, since, BATCH);
      for (const { org, portalId } of waiting) {
        if (signal.aborted) return;
        await this.#recheckOne(org, portalId, await findPortal(portalId));
      }
      if (waiting.length < BATCH) return;
    }
  }

  async #recheckOne(org: string, portalId: string, portal: Portal | undefined): Promise<void> {
    const { database, clock, dns, edge } = this.#platform;
    const tenant = database.tenant(org);
    const domain = portal && ownDomain(portal);
    const known = await readCertificate(tenant, portalId);
    if (!portal || !domain || known?.domain !== domain) {
      const inactive = { status: 'INACTIVE', failedReason: undefined, restart: false } as const;
      await noteCertificate(tenant, portalId, inactive, clock.now());
      return;
    }
    const leads = await leadsToEdge(dns, domain, edge).catch((error: unknown) => {
      // Out of order is no news about the domain: the look over TLS decides.
      if (error instanceof DnsError) return true;
      throw error;
    });
    await this.#look(portal, leads, { restart: false });
  }

  async #look(
    portal: Portal,
    isDNSConfigured: boolean,
    { restart }: { readonly restart: boolean },
  ): Promise<PortalCertificate | undefined> {
    const { database, clock, egress } = this.#platform;
    const tenant = database.tenant(portal.org);
    const known = await readCertificate(tenant, portal.portalId);
    if (!known) return undefined;
    const look = isDNSConfigured ? await lookAtCertificate(egress, known.domain) : 'unreachable';
    const now = clock.now();
    const isNewOrder = restart && HAS_FAILED.has(known.status);
    const orderedAt = isNewOrder ? now : known.orderedAt;
    const status = nextStatus(isNewOrder ? 'PENDING_VALIDATION' : known.status, look, orderedAt, now);
    const failedReason = status === 'FAILED' ? known.failedReason : undefined;
    await noteCertificate(tenant, portal.portalId, { status, failedReason, restart: isNewOrder }, now);
    return { ...known, status, failedReason, orderedAt, checkedAt: now };
  }
}

const HAS_FAILED: ReadonlySet<CertificateStatus> = new Set([
  'FAILED',
  'VALIDATION_TIMED_OUT',
  'INACTIVE',
  'EXPIRED',
  'REVOKED',
]);

/** A portal's own domain when it is in use; undefined for portals on the platform's sub-domain. */
export function ownDomain({ config, domains }: Pick<Portal, 'config' | 'domains'>): string | undefined {
  const domain = config['domain'];
  const isOwn = config['is_epilot_domain'] !== true && typeof domain === 'string' && domains.includes(domain);
  return isOwn ? domain : undefined;
}

/** The state after a look. A certificate that was issued stays so while the domain is only unreachable. */
export function nextStatus(
  before: CertificateStatus,
  look: CertificateLook,
  orderedAt: Date,
  now: Date,
): CertificateStatus {
  if (look === 'valid') return 'ISSUED';
  if (look === 'expired') return 'EXPIRED';
  if (look === 'revoked') return 'REVOKED';
  if (before !== 'PENDING_VALIDATION' && before !== 'VALIDATION_TIMED_OUT') return before;
  return now.getTime() - orderedAt.getTime() > VALIDATION_MS ? 'VALIDATION_TIMED_OUT' : 'PENDING_VALIDATION';
}

function caaAdvice(domain: string, { authorities }: EdgeSettings): string {
  const records = authorities.map((authority) => `${domain}. CAA 0 issue "${authority}"`).join(' or ');
  return `CAA records forbid a certificate for ${domain}. Add the record ${records}.`;
}
