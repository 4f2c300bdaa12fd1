/** Error codes of RFC 6749 §5.2, and `mfa_required` for a password that needs a second factor. */
type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'mfa_required';

/** A refusal of the token endpoint, in the shape OAuth clients read. */
export class OAuthError extends Error {
  readonly status: number;
  readonly code: OAuthErrorCode;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { readonly status?: number; readonly members?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.status = options.status ?? (code === 'invalid_client' ? 401 : 400);
    this.members = options.members ?? {};
  }
}

/** The one answer to a wrong password, an unknown address, a locked account, a wrong code and a spent link. */
export function invalidGrant(reason?: string): OAuthError {
  const description = reason ? 'This account cannot sign in' : 'The credentials are not valid';
  return new OAuthError('invalid_grant', description, reason ? { members: { reason } } : {});
}
