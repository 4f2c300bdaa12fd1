import { type Egress, EgressError } from '../../ports/index.ts';

/** What a look at a domain over TLS found. */
export type CertificateLook = 'valid' | 'expired' | 'revoked' | 'invalid' | 'unreachable';

const TIMEOUT_MS = 5_000;

/** Looks whether a domain answers over https with a certificate that is valid for it. Any HTTP status is fine. */
export async function lookAtCertificate(egress: Egress, domain: string): Promise<CertificateLook> {
  try {
    await egress.fetch({
      method: 'HEAD',
      url: `https://${domain}/`,
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: 64 * 1024,
    });
    return 'valid';
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (error.code !== 'TLS_FAILED') return 'unreachable';
    const code = codeOf(error.cause);
    if (code === 'CERT_HAS_EXPIRED') return 'expired';
    return code === 'CERT_REVOKED' ? 'revoked' : 'invalid';
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
