import { isIP } from 'node:net';
import type { Dns, ResolvedAddress } from '../dns/dns.ts';
import { DnsError } from '../dns/dns-error.ts';
import { type AllowedTarget, isAllowedTarget } from './allowed-target.ts';
import { isConfinedAddress, isConfinedHost } from './confinement.ts';
import type { EgressRoute } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { isPublicAddress, readAddress } from './public-address.ts';
import type { Target } from './target.ts';

/**
 * Finds the addresses of a target and checks every one of them (erp-integration.md 10.4). One bad answer refuses the name: otherwise an
 * attacker mixes a private address among public ones and waits for it to be picked.
 * @returns the checked addresses; a connection may go to these and no others
 * @throws EgressError `HOST_REFUSED` before the name is asked for, `DNS_FAILED` (transient when the name service did not answer), `ADDRESS_REFUSED`,
 * `TLS_REQUIRED`
 */
export async function resolveTarget(
  target: Target,
  dns: Dns,
  allow: readonly AllowedTarget[],
  { within, tlsOutside = false }: Pick<EgressRoute, 'within' | 'tlsOutside'> = {},
): Promise<readonly ResolvedAddress[]> {
  if (within && !isConfinedHost(within, target.host)) {
    throw new EgressError('HOST_REFUSED', `${target.url.host} is not one of the hosts that may be called`);
  }
  const family = isIP(target.host);
  const addresses: readonly ResolvedAddress[] =
    family === 0 ? await lookUp(target, dns) : [{ address: target.host, family: family === 6 ? 6 : 4 }];
  for (const { address } of addresses) {
    const parsed = readAddress(address);
    if (!parsed || !(isPublicAddress(parsed) || isAllowedTarget(allow, parsed, target.port))) {
      throw new EgressError('ADDRESS_REFUSED', `${target.url.host} is not a public address`);
    }
    if (tlsOutside && target.url.protocol === 'http:' && isPublicAddress(parsed)) {
      throw new EgressError('TLS_REQUIRED', `${target.url.host} is public and must be called with https`);
    }
    if (within && !isConfinedAddress(within, parsed, target.port)) {
      throw new EgressError('ADDRESS_REFUSED', `${target.url.host} is in no network that may be called`);
    }
  }
  return addresses;
}

async function lookUp(target: Target, dns: Dns): Promise<readonly ResolvedAddress[]> {
  try {
    const addresses = await dns.lookup(target.host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw new EgressError('DNS_FAILED', `${target.host} could not be resolved`, {
      cause,
      transient: !(cause instanceof DnsError && cause.code === 'NOT_FOUND'),
    });
  }
  throw new EgressError('DNS_FAILED', `${target.host} has no address`, { transient: false });
}
