import ipaddr from 'ipaddr.js';
import { EgressError } from './egress-error.ts';
import { isMetadataAddress } from './public-address.ts';

/** A range of otherwise refused addresses that an operator allows, for receivers on the own network. */
export interface AllowedTarget {
  /** Text it was read from, in canonical form; equal ranges have equal texts. */
  readonly text: string;
  readonly network: ipaddr.IPv4 | ipaddr.IPv6;
  readonly prefixLength: number;
  /** Only this port; every port when absent. */
  readonly port?: number;
}

const WITH_PORT = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/;

/**
 * Reads a comma-separated list of addresses and CIDR ranges, each with an optional port: `10.1.0.0/16`, `127.0.0.1:4810`, `[fd00::/8]:443`.
 * @throws EgressError `INVALID_REQUEST` that names the entry that cannot be read
 */
export function parseAllowedTargets(list: string): AllowedTarget[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseAllowedTarget);
}

function parseAllowedTarget(entry: string): AllowedTarget {
  const match = WITH_PORT.exec(entry);
  const range = match ? (match[1] ?? match[2] ?? '') : entry.replace(/^\[|\]$/g, '');
  const port = match ? Number(match[3]) : undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) throw unreadable(entry);
  const [network, prefixLength] = parseRange(range, entry);
  const cidr = `${network.toString()}/${prefixLength}`;
  return port === undefined
    ? { text: cidr, network, prefixLength }
    : { text: `[${cidr}]:${port}`, network, prefixLength, port };
}

function parseRange(range: string, entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = range.split('/')[0] ?? '';
  // Short and octal spellings are refused here: an allow-list must mean what it seems to say.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) throw unreadable(entry);
  try {
    if (range.includes('/')) return ipaddr.parseCIDR(range);
  } catch (cause) {
    throw unreadable(entry, cause);
  }
  const network = ipaddr.parse(address);
  return [network, network.kind() === 'ipv4' ? 32 : 128];
}

function unreadable(entry: string, cause?: unknown): EgressError {
  return new EgressError('INVALID_REQUEST', `"${entry}" is no address, CIDR range or either with a port`, {
    cause,
  });
}

/**
 * Whether an address and port fall under one of the allowed targets. Metadata services need an entry for exactly their address, so that
 * allowing a network does not give away the credentials of the machine.
 */
export function isAllowedTarget(
  targets: readonly AllowedTarget[],
  address: ipaddr.IPv4 | ipaddr.IPv6,
  port: number,
): boolean {
  const exactOnly = isMetadataAddress(address);
  return targets.some(
    (target) =>
      (target.port === undefined || target.port === port) &&
      target.network.kind() === address.kind() &&
      (!exactOnly || target.prefixLength === (address.kind() === 'ipv4' ? 32 : 128)) &&
      address.match(target.network, target.prefixLength),
  );
}
