import ipaddr from 'ipaddr.js';

/** What IANA assigned to global IPv6 unicast; everything outside is special, obsolete or unassigned. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');
/** The well-known NAT64 prefix (RFC 6052): the last 32 bits are the IPv4 address that is really meant. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** Special-purpose IPv4 blocks (RFC 6890 and the IANA registry) that the library counts as ordinary. */
const SPECIAL_V4 = ['0.0.0.0/8', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4'].map(
  (cidr) => ipaddr.IPv4.parseCIDR(cidr),
);
/** Special-purpose IPv6 blocks inside 2000::/3: protocol assignments (Teredo, ORCHID ...), documentation, 6to4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'].map((cidr) =>
  ipaddr.IPv6.parseCIDR(cidr),
);
/** Where clouds serve machine credentials; one of them is a public address. */
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/**
 * Reads an address and undoes the disguises of IPv4 in IPv6 (mapped, NAT64); undefined when it is no plain address.
 * @param address one spelling of an address as a resolver or URL parser gives it; zone ids (`fe80::1%eth0`) are not accepted
 */
export function readAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (address.includes('%') || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(NAT64)) {
    return new ipaddr.IPv4(parsed.toByteArray().slice(12));
  }
  return parsed;
}

/**
 * Whether an address belongs to the public Internet (erp-integration.md 10.4): not private, loopback, link-local, multicast, carrier-grade
 * NAT, benchmarking, documentation, reserved, nor a cloud metadata service.
 */
export function isPublicAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (isMetadataAddress(address) || address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return !SPECIAL_V4.some((block) => address.match(block));
  return address.match(GLOBAL_UNICAST_V6) && !SPECIAL_V6.some((block) => address.match(block));
}

/** Whether an address is that of a cloud metadata service, which hands out credentials of the machine. */
export function isMetadataAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return METADATA.has(address.toString());
}
