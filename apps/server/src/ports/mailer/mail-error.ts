/** `INVALID_MAIL`: the mail cannot be sent as it is. `REFUSED`: the mail server said no for good. `UNAVAILABLE`: it may work later. */
export type MailErrorCode = 'INVALID_MAIL' | 'REFUSED' | 'UNAVAILABLE';

/** Why a mail was not handed over. */
export class MailError extends Error {
  readonly code: MailErrorCode;
  /** Whether the same mail may be accepted later. */
  readonly transient: boolean;

  constructor(code: MailErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailError';
    this.code = code;
    this.transient = code === 'UNAVAILABLE';
  }
}
