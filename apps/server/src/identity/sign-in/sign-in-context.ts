import type { FastifyRequest } from 'fastify';
import type { Clock, SecretBox } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Database, Tenant } from '../../storage/index.ts';
import type { AccountEvents } from '../account-events.ts';
import type { PortalAccounts } from '../accounts/portal-accounts.ts';
import type { PortalAuthenticator } from '../authentication/portal-authenticator.ts';
import type { BackgroundWork } from '../background-work.ts';
import { asObject, textOf } from '../json-reading.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { PortalMails } from '../mails/portal-mails.ts';
import type { PortalDirectory, PortalRecord } from '../portals/portal-directory.ts';
import { portalRefusals } from '../portals/portal-user-state.ts';
import { readSignInSettings, type SignInSettings } from '../portals/sign-in-settings.ts';
import { clientNetwork } from '../rate-limits/client-network.ts';
import type { PortalSessions, SignInOrigin } from '../sessions/portal-sessions.ts';

/** What the sign-in endpoints work with. */
export interface SignInParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly directory: PortalDirectory;
  readonly accounts: PortalAccounts;
  readonly sessions: PortalSessions;
  readonly keys: KeyRing;
  readonly mails: PortalMails;
  readonly background: BackgroundWork;
  readonly events: AccountEvents;
  readonly portalAuthenticator: PortalAuthenticator;
  readonly secrets: SecretBox;
  /** Whether a third party keeps the passwords of a portal's users, so that nobody sets one here. */
  readonly passwordsKeptElsewhere: (portal: PortalRecord) => Promise<boolean>;
  readonly baseUrl: string;
}

/** One request to a portal's sign-in. */
export interface SignInContext extends SignInParts {
  readonly portal: PortalRecord;
  readonly settings: SignInSettings;
  readonly tenant: Tenant;
  readonly now: Date;
  readonly origin: SignInOrigin;
  /** What counts as one client when tries are counted. */
  readonly client: string;
  /** The body's text members; anything else in it is left out. */
  readonly form: ReadonlyMap<string, string>;
}

/** Finds the portal of a request. Throws 404 for unknown portals, 401 `PORTAL_DISABLED` for closed ones. */
export function signInContext(parts: SignInParts, request: FastifyRequest): Promise<SignInContext> {
  const portalId = textOf(asObject(request.params)['portal_id']) ?? '';
  return contextOf(parts, portalId, request, request.body);
}

/** The context of a request to a portal that is named otherwise. Throws like {@link signInContext}. */
export async function contextOf(
  parts: SignInParts,
  portalId: string,
  request: Pick<FastifyRequest, 'id' | 'ip'>,
  form: unknown,
): Promise<SignInContext> {
  const portal = await parts.directory.portal(portalId);
  if (!portal) throw notFound('The portal');
  if (!portal.enabled) throw portalRefusals.portalDisabled();
  return {
    ...parts,
    portal,
    settings: readSignInSettings(portalId, portal.config),
    tenant: parts.database.tenant(portal.org),
    now: parts.clock.now(),
    origin: { requestId: request.id, ip: request.ip },
    client: clientNetwork(request.ip),
    form: formOf(form),
  };
}

/** The same request with another form; for clients that say the same in other words. */
export function withForm(context: SignInContext, form: Readonly<Record<string, unknown>>): SignInContext {
  return { ...context, form: formOf(form) };
}

function formOf(body: unknown): Map<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(asObject(body))) {
    if (typeof value === 'string' && value !== '') form.set(name, value);
  }
  return form;
}
