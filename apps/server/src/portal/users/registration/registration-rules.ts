/** What happens to somebody who registers. */
export type RegistrationDecision =
  | { readonly act: 'map' }
  | { readonly act: 'create' }
  /** A portal user without a contact, for administrators to map. */
  | { readonly act: 'wait' }
  | {
      readonly act: 'refuse';
      readonly reason: 'CONTACT_NOT_FOUND' | 'PORTAL_USER_EXISTS' | 'REGISTRATION_DISABLED';
    };

interface Circumstances {
  /** Exactly one contact (in account mode: account) was identified. */
  readonly isFound: boolean;
  /** It has a living portal user already, in any portal of the organisation. */
  readonly hasUser: boolean;
  /** An invitation names the person: contact id and address belong together. */
  readonly isInvited: boolean;
}

const NOT_FOUND = { act: 'refuse', reason: 'CONTACT_NOT_FOUND' } as const;
const TAKEN = { act: 'refuse', reason: 'PORTAL_USER_EXISTS' } as const;
const CLOSED = { act: 'refuse', reason: 'REGISTRATION_DISABLED' } as const;

/** The table of `self_registration_setting` (portal §4.2 step 5); invitations override it (step 6). Unknown settings refuse. */
export function decideForContact(
  setting: unknown,
  { isFound, hasUser, isInvited }: Circumstances,
): RegistrationDecision {
  if (isInvited) return { act: 'map' };
  switch (setting) {
    case 'ALLOW_WITH_CONTACT_CREATION':
      return { act: isFound ? 'map' : 'create' };
    case 'ALLOW_WITHOUT_CONTACT_CREATION':
      return { act: isFound ? 'map' : 'wait' };
    case 'DENY':
      return isFound ? { act: 'map' } : NOT_FOUND;
    case 'ALWAYS_CREATE_CONTACT':
      return { act: 'create' };
    case 'BLOCK_IF_PORTAL_USER_EXISTS':
      if (!isFound) return NOT_FOUND;
      return hasUser ? TAKEN : { act: 'map' };
    default:
      return CLOSED;
  }
}

/** The same for `self_registration_account_setting`; `blocksTaken` is `block_registration_if_portal_user_exists`. `create` means the account. */
export function decideForAccount(
  setting: unknown,
  blocksTaken: boolean,
  { isFound, hasUser, isInvited }: Circumstances,
): RegistrationDecision {
  if (isInvited) return { act: 'map' };
  const map: RegistrationDecision = blocksTaken && hasUser ? TAKEN : { act: 'map' };
  switch (setting) {
    case 'ALLOW_WITH_CREATION':
      return isFound ? map : { act: 'create' };
    case 'ALWAYS_CREATE':
      return { act: 'create' };
    case 'DENY':
      return isFound ? map : NOT_FOUND;
    case 'BLOCK_IF_PORTAL_USER_EXISTS':
      if (!isFound) return NOT_FOUND;
      return hasUser ? TAKEN : { act: 'map' };
    default:
      return CLOSED;
  }
}
