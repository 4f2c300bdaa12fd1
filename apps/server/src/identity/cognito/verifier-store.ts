import type { SecretBox } from '../../ports/index.ts';
import { asObject, textOf } from '../json-reading.ts';
import type { SrpVerifier } from './srp.ts';

const PURPOSE = 'identity.srp';

/** The name of a portal's pool inside SRP: what follows the underscore of its pool id. */
export function poolNameOf(portalId: string): string {
  return portalId.replaceAll('-', '');
}

/** A portal's pool id as `cognito_details` tells it. Clients take letters, digits and one underscore only. */
export function poolIdOf(portalId: string): string {
  return `portal_${poolNameOf(portalId)}`;
}

/** Seals a verifier: whoever reads the database must not be able to try passwords on it faster than on the Argon2id hash. */
export function sealVerifier(secrets: SecretBox, org: string, verifier: SrpVerifier): string {
  return secrets.seal(JSON.stringify(verifier), { org, purpose: PURPOSE });
}

/** Opens what {@link sealVerifier} sealed. Throws `SecretError`. */
export function openVerifier(secrets: SecretBox, org: string, sealed: string): SrpVerifier {
  const opened = asObject(JSON.parse(secrets.open(sealed, { org, purpose: PURPOSE })));
  const { userId, salt, verifier } = opened;
  return { userId: textOf(userId) ?? '', salt: textOf(salt) ?? '0', verifier: textOf(verifier) ?? '0' };
}
