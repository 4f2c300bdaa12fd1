export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** One CAA record (RFC 8659): who may issue certificates for a name. */
export interface CaaRecord {
  readonly critical: boolean;
  /** `issue`, `issuewild`, `iodef` ... */
  readonly tag: string;
  readonly value: string;
}

/** Asks the name service. */
export interface Dns {
  /** All IPv4 and IPv6 addresses of a host name, at least one. @throws DnsError */
  lookup(host: string): Promise<readonly ResolvedAddress[]>;
  /** The CAA records at exactly this name; empty when there are none. @throws DnsError `TEMPORARY` */
  caa(host: string): Promise<readonly CaaRecord[]>;
  /** The names this name points to by CNAME; empty when there are none. @throws DnsError `TEMPORARY` */
  cname(host: string): Promise<readonly string[]>;
}
