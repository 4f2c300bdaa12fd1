import { Refusal } from '../../refusal.ts';
import { OAuthError } from '../sign-in/oauth-error.ts';

/** The error names of Amazon Cognito's API that its clients branch on. */
type CognitoErrorName =
  | 'CodeMismatchException'
  | 'InvalidParameterException'
  | 'InvalidPasswordException'
  | 'LimitExceededException'
  | 'NotAuthorizedException'
  | 'ResourceNotFoundException'
  | 'UnknownOperationException'
  | 'UserNotConfirmedException';

/** An error in the words of Cognito's API: always 400 with `__type` and `message`. */
export class CognitoError extends Error {
  readonly code: CognitoErrorName;

  constructor(code: CognitoErrorName, message: string) {
    super(message);
    this.name = 'CognitoError';
    this.code = code;
  }
}

/** Puts a refusal of sign-in into the words of Cognito's API; undefined for what is no refusal. */
export function asCognitoError(error: unknown): CognitoError | undefined {
  if (error instanceof CognitoError) return error;
  if (error instanceof OAuthError) return fromOAuth(error);
  if (!(error instanceof Refusal) || error.status >= 500) return undefined;
  if (error.code === 'INVALID_PASSWORD')
    return new CognitoError('InvalidPasswordException', passwordMessage(error));
  if (error.code === 'INVALID_TOKEN')
    return new CognitoError('CodeMismatchException', 'Invalid verification code provided.');
  if (error.code === 'INVALID_PASSWORD_CONFIRMATION') return notAuthorized();
  // What Amazon answers for people whose password an identity provider keeps.
  if (error.code === 'PASSWORD_KEPT_ELSEWHERE')
    return new CognitoError('NotAuthorizedException', error.message);
  switch (error.status) {
    case 401:
    case 403:
      return new CognitoError('NotAuthorizedException', error.message);
    case 404:
      return new CognitoError('ResourceNotFoundException', error.message);
    case 429:
      return new CognitoError(
        'LimitExceededException',
        'Attempt limit exceeded, please try after some time.',
      );
    default:
      return new CognitoError('InvalidParameterException', error.message);
  }
}

/** The one answer to a wrong password, an unknown address and a locked account. */
export function notAuthorized(): CognitoError {
  return new CognitoError('NotAuthorizedException', 'Incorrect username or password.');
}

function fromOAuth(error: OAuthError): CognitoError {
  const { reason } = error.members;
  if (reason === 'USER_NOT_CONFIRMED')
    return new CognitoError('UserNotConfirmedException', 'User is not confirmed.');
  if (reason === 'PORTAL_USER_DISABLED')
    return new CognitoError('NotAuthorizedException', 'User is disabled.');
  if (error.code === 'invalid_request') return new CognitoError('InvalidParameterException', error.message);
  if (error.code === 'unauthorized_client') {
    return new CognitoError('InvalidParameterException', 'This flow is not enabled for this client');
  }
  return notAuthorized();
}

function passwordMessage({ details }: Refusal): string {
  const rules = details.errors?.map(({ message }) => message).join(', ');
  return `Password did not conform with policy: Password ${rules ?? 'is not acceptable'}`;
}
