import ipaddr from 'ipaddr.js';
import { type AllowedTarget, isAllowedTarget, parseAllowedTargets } from './allowed-target.ts';

/** Where alone a request may go, redirects included: to hosts of these names, and there to these networks, whatever else is allowed. */
export interface Confinement {
  /** Text it was read from; equal confinements have equal texts. */
  readonly text: string;
  /** Host names in lower case, `erp.example` or `*.erp.example`. */
  readonly domains: readonly string[];
  readonly networks: readonly AllowedTarget[];
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const WILDCARD = new RegExp(`^\\*(?:\\.${LABEL}){2,}$`);

/** What is wrong with a pattern of host names; undefined when nothing is. */
export function domainProblem(pattern: string): string | undefined {
  const text = pattern.toLowerCase();
  if (text.length > 253) return 'is longer than 253 characters';
  // The last label of a name is never a number: `*.0.1` would be a pattern of addresses.
  if (text.startsWith('*')) {
    return WILDCARD.test(text) && !/\.\d+$/.test(text) ? undefined : 'must be *. before at least two labels';
  }
  return HOST.test(text) ? undefined : 'must be a host name without scheme, port and path';
}

/** What is wrong with a range of addresses; undefined when nothing is. */
export function rangeProblem(range: string): string | undefined {
  const [address = '', length] = range.split('/');
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(address) || /^[0-9a-f:]+$/i.test(address);
  return isPlain && /^\d{1,3}$/.test(length ?? '') && ipaddr.isValidCIDR(range)
    ? undefined
    : 'must be an address range such as 10.0.0.0/24';
}

/** Reads patterns and ranges that {@link domainProblem} and {@link rangeProblem} have passed. @throws EgressError `INVALID_REQUEST` */
export function parseConfinement(domains: readonly string[], ranges: readonly string[]): Confinement {
  const names = domains.map((domain) => domain.toLowerCase());
  const networks = ranges.flatMap((range) => parseAllowedTargets(range));
  const text = JSON.stringify([names, networks.map((network) => network.text)]);
  return { text, domains: names, networks };
}

/** Whether a host, as a URL names it, is one of the confinement's. */
export function isConfinedHost({ domains }: Confinement, host: string): boolean {
  const name = host.toLowerCase();
  return domains.some((domain) =>
    domain.startsWith('*.')
      ? name.endsWith(domain.slice(1)) && name.length > domain.length - 1
      : name === domain,
  );
}

/** Whether an address, its disguises undone, is in one of the confinement's networks. */
export function isConfinedAddress(
  { networks }: Confinement,
  address: ipaddr.IPv4 | ipaddr.IPv6,
  port: number,
): boolean {
  return isAllowedTarget(networks, address, port);
}
