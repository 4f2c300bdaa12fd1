import { invalid } from '../../refusal.ts';
import { OAuthError } from './oauth-error.ts';

const LONGEST_ADDRESS = 320;
/** Longer than any password may be; keeps hashing from being used as a load generator. */
const LONGEST_SECRET = 1_024;

/** A required field of the token endpoint. Throws `invalid_request`. */
export function grantField(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `${name} is required`);
  if (value.length > LONGEST_SECRET) throw new OAuthError('invalid_request', `${name} is too long`);
  return value;
}

/** A required field of the other endpoints. Throws 400 with its path. */
export function bodyField(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw invalid({ path: `body.${name}`, message: 'is required' });
  if (value.length > LONGEST_SECRET) throw invalid({ path: `body.${name}`, message: 'is too long' });
  return value;
}

/** The sign-in address in `username` or `email`, trimmed and in lower case. Throws 400 when it cannot be one. */
export function addressField(form: ReadonlyMap<string, string>): string {
  const address = (form.get('username') ?? form.get('email') ?? '').trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > LONGEST_ADDRESS) {
    throw invalid({ path: 'body.email', message: 'must be an e-mail address' });
  }
  return address;
}
