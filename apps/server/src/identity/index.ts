export type { Access, CallerRights } from './access.ts';
export type { AccountEvent, AccountEvents } from './account-events.ts';
export type { StoredPassword } from './accounts/account-store.ts';
export type { PortalAccounts } from './accounts/portal-accounts.ts';
export { writeAudit } from './audit/audit.ts';
export { poolIdOf } from './cognito/verifier-store.ts';
export type { AttributePlace } from './grants/attributes.ts';
export { type Grant, type GrantCondition, readGrants } from './grants/grant.ts';
export type { Granted } from './grants/granted.ts';
export { createIdentity, type Identity, type IdentityOptions } from './identity.ts';
export type { PortalMail, PortalMailKind, PortalMails } from './mails/portal-mails.ts';
export { type Organisation, settingsOf, settingVersions } from './organisations/organisation.ts';
export type { Organisations } from './organisations/organisations.ts';
export type { StaffUser } from './organisations/staff-user.ts';
export type {
  PortalDirectory,
  PortalPointer,
  PortalRecord,
  PortalUserRecord,
} from './portals/portal-directory.ts';
export { type PasswordPolicy, readSignInSettings, type SignInSettings } from './portals/sign-in-settings.ts';
export { normalHost, storedPortalDirectory } from './portals/stored-portal-directory.ts';
export type {
  AnonymousPrincipal,
  ApiPrincipal,
  PortalPrincipal,
  Principal,
  PublicPrincipal,
  StaffPrincipal,
} from './principal.ts';
export { clientNetwork } from './rate-limits/client-network.ts';
export { countAttempt, type RateLimit } from './rate-limits/rate-window.ts';
export { SURFACE_LIMITS } from './rate-limits/surface-limits.ts';
export { type Volume, VolumeLimit } from './rate-limits/volume-limit.ts';
export { portalRoleSlug, type Role, roleId } from './roles/role.ts';
export { grantsOfRole, roleVersion } from './roles/role-store.ts';
export type { SignedIn } from './sessions/portal-sessions.ts';
export { portalLink } from './sign-in/portal-link.ts';
export type { StaffSignInSettings } from './staff/staff-sign-in.ts';
export type { TokenRequest } from './tokens/access-tokens.ts';
