import type { FastifyInstance } from 'fastify';
import type { Operations } from '../contract/operation-types.ts';
import type { DeniedRequest } from '../http/denied-writes.ts';
import type { Authenticate } from '../http/operation-route.ts';
import type { RecurringTask } from '../jobs/index.ts';
import { OpenIdConnections } from '../openid/index.ts';
import type { Clock, Egress, MailAddress, Mailer, SecretBox } from '../ports/index.ts';
import { notFound } from '../refusal.ts';
import type { Database } from '../storage/index.ts';
import { Access } from './access.ts';
import { type AccountEvents, silentAccountEvents } from './account-events.ts';
import { PasswordHasher } from './accounts/password-hasher.ts';
import { PortalAccounts } from './accounts/portal-accounts.ts';
import { auditDenied } from './audit/audit-denied.ts';
import { AccessTokenVerifier } from './authentication/access-token-verifier.ts';
import { createAuthenticator } from './authentication/authenticator.ts';
import { PortalAuthenticator } from './authentication/portal-authenticator.ts';
import { BackgroundWork } from './background-work.ts';
import { cognitoRoutes } from './cognito/cognito-routes.ts';
import { KeyRing } from './keys/key-ring.ts';
import { plainPortalMails } from './mails/plain-portal-mails.ts';
import type { PortalMails } from './mails/portal-mails.ts';
import { Organisations } from './organisations/organisations.ts';
import type { PortalDirectory, PortalRecord } from './portals/portal-directory.ts';
import { portalOrigins } from './portals/portal-origins.ts';
import { storedPortalDirectory } from './portals/stored-portal-directory.ts';
import { forgetExpired } from './retention/forget-expired.ts';
import { RoleCache } from './roles/role-cache.ts';
import { roleOperations } from './roles/role-operations.ts';
import { PortalSessions, type SignedIn } from './sessions/portal-sessions.ts';
import { PortalTokenIssuer } from './sessions/portal-token-issuer.ts';
import { portalTokenOperations } from './sessions/portal-token-operations.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';
import { staffRoutes } from './staff/staff-routes.ts';
import { StaffSessions } from './staff/staff-sessions.ts';
import type { StaffSignInSettings } from './staff/staff-sign-in.ts';
import { StaffTokenVerifier } from './staff/staff-token-verifier.ts';
import { StaffUsers } from './staff/staff-users.ts';
import { accessTokenOperations } from './tokens/access-token-operations.ts';
import { AccessTokens } from './tokens/access-tokens.ts';
import { TokenIssuer } from './tokens/token-issuer.ts';

export interface IdentityOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly mailer: Mailer;
  /** Reaches the OpenID provider of the staff. */
  readonly egress: Egress;
  /** Sender of the built-in mails; their display name is the portal's. */
  readonly mailFrom: MailAddress;
  /** Public URL of the server without a slash at the end: issuer of tokens, start of links. */
  readonly baseUrl: string;
  /** Hears of mails that could not be sent and the like. */
  readonly report: (error: unknown) => void;
  /** Default: reads the tables `portal` and `entity`. */
  readonly portalDirectory?: PortalDirectory;
  /** Default: plain German and English mails. */
  readonly portalMails?: PortalMails;
  /** Default: nobody is told. */
  readonly accountEvents?: AccountEvents;
  /** Whether a third party keeps the passwords of a portal's users. Default: never. */
  readonly passwordsKeptElsewhere?: (portal: PortalRecord) => Promise<boolean>;
  /** How staff sign in. Default: with passwords. */
  readonly staffSignIn?: StaffSignInSettings;
}

/** Everything the composition root and other domains use of identity. */
export interface Identity {
  readonly authenticate: Authenticate;
  readonly accessTokenOperations: Operations<'access-token'>;
  readonly roleOperations: Operations<'permissions'>;
  /** validateToken, revokeToken, loginToPortalAsUser. */
  readonly portalTokenOperations: Operations<'customer-portal'>;
  /** Fastify plugin with the routes under `/idp/portals`, `/idp/by-domain`, `/idp/cognito` and `/idp/staff`. */
  readonly signInRoutes: (app: FastifyInstance) => Promise<void>;
  readonly access: Access;
  readonly accounts: PortalAccounts;
  readonly organisations: Organisations;
  readonly staff: StaffUsers;
  readonly tokens: AccessTokens;
  readonly portalDirectory: PortalDirectory;
  /** An `api` token with the role `owner`, for headless installs and demos; shown once. */
  issueAdminToken(org: string, name?: string): Promise<string>;
  /** A `portal_preview` token: 60 minutes, reads as the portal user. */
  issuePreviewToken(org: string, portalId: string, portalUserId: string): Promise<string>;
  /** Signs a portal user in without asking, for demos and tests. Throws 404 for unknown portals and users. */
  issuePortalToken(portalId: string, portalUserId: string): Promise<SignedIn>;
  /** Writes a refused attempt to change something to the audit log, in its own time. */
  noteDenied(denied: DeniedRequest): void;
  /** Whether a browser page of this origin is a portal's: its own sign-in may be called from there (portal §1.5). */
  isPortalOrigin(origin: string): Promise<boolean>;
  readonly recurring: readonly RecurringTask[];
  /** Waits for mails that are still being sent. */
  idle(): Promise<void>;
}

/** Builds the identity domain. Keys are made when first used, so that this costs nothing. */
export function createIdentity(options: IdentityOptions): Identity {
  const { database, clock, baseUrl } = options;
  const directory = options.portalDirectory ?? storedPortalDirectory(database);
  const events = options.accountEvents ?? silentAccountEvents;
  const background = new BackgroundWork(options.report);
  const keys = new KeyRing(database, options.secrets, clock);
  const roles = new RoleCache(database, clock);
  const access = new Access(roles, clock);
  const verifier = new AccessTokenVerifier(database, keys, clock, baseUrl);
  const portalAuthenticator = new PortalAuthenticator(database, directory, keys, clock, baseUrl);
  const issuer = new TokenIssuer(keys, baseUrl);
  const tokens = new AccessTokens({ database, clock, issuer, verifier, roles, access });
  const hasher = new PasswordHasher(options.report);
  const accounts = new PortalAccounts(database, clock, options.secrets, hasher, events);
  const staffVerifier = new StaffTokenVerifier(database, keys, clock, baseUrl);
  const organisations = new Organisations(database, clock, roles, verifier, staffVerifier);
  const staff = new StaffUsers({ database, clock, hasher, organisations, verifier: staffVerifier });
  const portalTokens = new PortalTokenIssuer(keys, baseUrl);
  const sessions = new PortalSessions(database, clock, directory, portalTokens, events);
  const mails = options.portalMails ?? plainPortalMails(options.mailer, options.mailFrom);
  const { secrets } = options;
  const signIn = {
    ...{ database, clock, secrets, directory, accounts, sessions, keys, mails, background, events, baseUrl },
    portalAuthenticator,
    passwordsKeptElsewhere: options.passwordsKeptElsewhere ?? (async () => false),
  };
  const staffSignIn = {
    ...{ database, clock, secrets, keys, baseUrl, users: staff, verifier: staffVerifier },
    sessions: new StaffSessions(database, clock, keys, baseUrl),
    connections: new OpenIdConnections(options.egress, clock),
    ...(options.staffSignIn ?? { provider: undefined, redirectUris: [] }),
  };
  return {
    authenticate: createAuthenticator(database, verifier, staffVerifier, portalAuthenticator, directory),
    accessTokenOperations: accessTokenOperations({ tokens, keys, directory, clock, baseUrl }),
    roleOperations: roleOperations({ access, roles, clock }),
    portalTokenOperations: portalTokenOperations({ accounts, directory, access, clock }),
    async signInRoutes(app) {
      await signInRoutes(app, signIn);
      await cognitoRoutes(app, signIn);
      await staffRoutes(app, staffSignIn);
    },
    access,
    accounts,
    organisations,
    staff,
    tokens,
    portalDirectory: directory,
    async issueAdminToken(org, name = 'Admin token') {
      return (await tokens.createOwnerToken(org, name)).token;
    },
    async issuePreviewToken(org, portalId, portalUserId) {
      const request = { type: 'portal_preview', name: 'Preview', portalId, portalUserId } as const;
      return (await tokens.createForInstallation(org, request)).token;
    },
    async issuePortalToken(portalId, portalUserId) {
      const portal = await directory.portal(portalId);
      if (!portal) throw notFound('The portal');
      return sessions.openForInstallation(portal, portalUserId);
    },
    noteDenied: auditDenied(database, clock, background),
    isPortalOrigin: portalOrigins(directory, clock),
    recurring: [forgetExpired(database, clock)],
    idle: () => background.idle(),
  };
}
