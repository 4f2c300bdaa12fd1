import { isIPv6 } from 'node:net';
import type { CaaRecord, Dns } from './dns.ts';
import { DnsError } from './dns-error.ts';

export interface TableDnsEntry {
  /** Addresses, or a function called for every question, for answers that change. */
  readonly addresses?: readonly string[] | (() => readonly string[]);
  readonly caa?: readonly CaaRecord[];
  readonly cname?: readonly string[];
}

/**
 * A name service that knows only what it is told, for tests and closed networks.
 * @param table host name (lower case, no trailing dot) to records
 */
export function createTableDns(table: Readonly<Record<string, TableDnsEntry>>): Dns {
  const entries = new Map(Object.entries(table));
  const find = (host: string) => entries.get(host.toLowerCase().replace(/\.$/, ''));
  return {
    async lookup(host) {
      const known = find(host)?.addresses ?? [];
      const addresses = typeof known === 'function' ? known() : known;
      if (addresses.length === 0) throw new DnsError('NOT_FOUND', `No such record for ${host}`);
      return addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    },
    caa: async (host) => find(host)?.caa ?? [],
    cname: async (host) => find(host)?.cname ?? [],
  };
}
