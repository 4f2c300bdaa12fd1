import { isIPv6 } from 'node:net';

const IPV6_GROUPS = 8;
/** A customer line is given a /56 as a rule; whoever guesses from it has all its addresses. */
const COMMON_GROUPS = 3;

/**
 * What counts as one client of an address: an IPv4 address, or the /56 network of an IPv6 address. Addresses in IPv4-mapped form are the IPv4
 * address they stand for.
 * @param ip as the HTTP server names the caller; behind a reverse proxy that is the client only when the proxy is trusted (settings)
 */
export function clientNetwork(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  const bare = ip.split('%')[0] ?? ip;
  if (!isIPv6(bare)) return ip;
  const [head = '', tail] = bare.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, IPV6_GROUPS - before.length - after.length);
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after].map((group) =>
    group.padStart(4, '0'),
  );
  return `${groups.slice(0, COMMON_GROUPS).join(':')}:${(groups[COMMON_GROUPS] ?? '0000').slice(0, 2)}00::/56`;
}
