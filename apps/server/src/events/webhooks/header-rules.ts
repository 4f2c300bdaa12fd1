const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const REFUSED = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
  'x-epilot-org-id',
]);
const REFUSED_PREFIXES = ['content-', 'proxy-', 'webhook-', 'x-amz', 'x-forwarded-'];

/**
 * Whether a webhook may set a header: hop-by-hop, content and authentication fields, the platform's and proxies' own, and the signature
 * are not the tenant's (erp-integration.md 10.2).
 */
export function mayBeSet(header: string): boolean {
  const name = header.toLowerCase();
  return (
    TOKEN.test(header) && !REFUSED.has(name) && !REFUSED_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}
