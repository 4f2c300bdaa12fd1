import { type CaaRecord, type Dns, DnsError } from '../../ports/index.ts';

/** Where portals' own domains must lead, and who may issue their certificates. */
export interface EdgeSettings {
  /** Host name of the reverse proxy in front of the portals, the target of customers' CNAME records. */
  readonly host: string;
  /** CAA issuer names of the certificate authorities the edge uses, such as `letsencrypt.org`. */
  readonly authorities: readonly string[];
}

const MOST_HOPS = 8;
const KNOWN_TAGS: ReadonlySet<string> = new Set([
  'issue',
  'issuewild',
  'iodef',
  'contactemail',
  'contactphone',
  'issuemail',
  'issuevmc',
]);

/**
 * Whether a domain leads to the edge: one of at most 8 CNAME hops is the edge's host name, or its addresses are among the edge's (portal §3.11
 * step 2). Throws `DnsError` `TEMPORARY` when the name service does not answer.
 */
export async function leadsToEdge(dns: Dns, domain: string, edge: EdgeSettings): Promise<boolean> {
  const target = plain(edge.host);
  let names = [plain(domain)];
  for (let hop = 0; hop < MOST_HOPS && names.length > 0; hop += 1) {
    const next = await Promise.all(names.map((name) => dns.cname(name)));
    names = next.flat().map(plain);
    if (names.includes(target)) return true;
  }
  const own = await addressesOf(dns, domain);
  const edges = new Set(await addressesOf(dns, target));
  return own.length > 0 && own.every((address) => edges.has(address));
}

/**
 * Whether one of the edge's authorities may issue a certificate for a domain (RFC 8659; portal §3.11 step 3): the first CAA records found on the
 * way from the name to the root decide; none at all allow everybody. Throws `DnsError` `TEMPORARY`.
 */
export async function mayIssue(dns: Dns, domain: string, edge: EdgeSettings): Promise<boolean> {
  const labels = plain(domain).split('.');
  for (let from = 0; from < labels.length; from += 1) {
    const records = await dns.caa(labels.slice(from).join('.'));
    if (records.length > 0) return allows(records, edge.authorities);
  }
  return true;
}

function allows(records: readonly CaaRecord[], authorities: readonly string[]): boolean {
  if (records.some(({ critical, tag }) => critical && !KNOWN_TAGS.has(tag.toLowerCase()))) return false;
  const issuers = records
    .filter(({ tag }) => tag.toLowerCase() === 'issue')
    .map(({ value }) => issuerOf(value));
  return issuers.length === 0 || issuers.some((issuer) => authorities.includes(issuer));
}

/** The issuer's name in an `issue` value; `;` alone names nobody, parameters behind it do not matter. */
function issuerOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

async function addressesOf(dns: Dns, host: string): Promise<string[]> {
  try {
    return (await dns.lookup(host)).map(({ address }) => address);
  } catch (error) {
    if (error instanceof DnsError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
