import ipaddr from 'ipaddr.js';

/** A customer line is given a /56 as a rule; whoever guesses from it has all its addresses. */
const LINE_BITS = 56;

/**
 * What counts as one client of an address: an IPv4 address, or the /56 network of an IPv6 address. Addresses in IPv4-mapped form are the IPv4
 * address they stand for.
 * @param ip as the HTTP server names the caller; behind a reverse proxy that is the client only when the proxy is trusted (settings)
 */
export function clientNetwork(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(
    `${address.toNormalizedString().split('%')[0]}/${LINE_BITS}`,
  );
  return `${network.toNormalizedString()}/${LINE_BITS}`;
}
