/** `NOT_FOUND`: the name has no such record. `TEMPORARY`: the name service did not answer, ask again. */
export type DnsErrorCode = 'NOT_FOUND' | 'TEMPORARY';

/** Why a name was not resolved. */
export class DnsError extends Error {
  readonly code: DnsErrorCode;

  constructor(code: DnsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DnsError';
    this.code = code;
  }
}
