import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { ResolvedAddress } from '../dns/dns.ts';
import { EgressError } from './egress-error.ts';
import { readAddress } from './public-address.ts';

export interface ConnectorOptions {
  /** Milliseconds for TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** Certificate authorities (PEM) trusted instead of the built-in ones. */
  readonly ca?: readonly string[];
}

/**
 * Opens connections that can only go to addresses checked beforehand; the name is never resolved again, so a second answer of the name
 * service (DNS rebinding) has no effect. TLS still verifies the name.
 */
export function createPinnedConnector(
  addresses: readonly ResolvedAddress[],
  options: ConnectorOptions,
): buildConnector.connector {
  const checked = new Set(addresses.map(({ address }) => canonical(address)));
  const connect = buildConnector({
    allowH2: false,
    timeout: options.connectTimeoutMs,
    autoSelectFamily: true,
    lookup: answerWith(addresses),
    ...(options.ca && { ca: [...options.ca] }),
  });
  return (target, callback) => {
    connect(target, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (!checked.has(canonical(socket.remoteAddress ?? ''))) {
        // Cannot happen while the socket honours its lookup function; if that ever changes, nothing must be sent.
        socket.destroy();
        return callback(
          new EgressError('ADDRESS_REFUSED', `The connection to ${target.hostname} went astray`),
          null,
        );
      }
      callback(null, socket);
    });
  };
}

function answerWith(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    if (options.all) return callback(null, [...addresses]);
    const first = addresses[0];
    if (!first) return callback(new EgressError('DNS_FAILED', `${hostname} has no address`), '', 4);
    callback(null, first.address, first.family);
  };
}

function canonical(address: string): string {
  return readAddress(address)?.toString() ?? address;
}
