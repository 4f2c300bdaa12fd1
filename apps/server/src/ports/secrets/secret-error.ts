/**
 * `MALFORMED`: not a sealed text. `UNKNOWN_KEY`: sealed under a master key this process does not have.
 * `TAMPERED`: altered, or opened for another organisation or purpose. `INVALID_MASTER_KEY`: the configured key cannot be used.
 */
export type SecretErrorCode = 'MALFORMED' | 'UNKNOWN_KEY' | 'TAMPERED' | 'INVALID_MASTER_KEY';

/** Why a secret could not be sealed or opened. The message never contains the secret or the key. */
export class SecretError extends Error {
  readonly code: SecretErrorCode;

  constructor(code: SecretErrorCode, message: string) {
    super(message);
    this.name = 'SecretError';
    this.code = code;
  }
}
