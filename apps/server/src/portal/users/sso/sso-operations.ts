import type { Operations } from '../../../contract/operation-types.ts';
import { isDocument } from '../../../entities/index.ts';
import { type Call, reply } from '../../../http/call.ts';
import { OpenIdConnections } from '../../../openid/index.ts';
import { invalid, Refusal, unauthorized } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { type Provider, providersOf } from './providers.ts';
import { signInByProvider } from './sign-in-by-provider.ts';

/** Single sign-on with the OpenID providers of a portal (portal §4.7). */
export function ssoOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { portals } = platform;
  const connections = new OpenIdConnections(platform.egress, platform.clock);

  const login = async (
    portal: Portal,
    call: Pick<Call, 'headers'>,
    wish: {
      readonly slug: string | undefined;
      readonly loginOnly: boolean;
      readonly contactId: string | undefined;
    },
  ) => {
    if (!portal.enabled) throw unauthorized('This portal is not available', 'PORTAL_DISABLED');
    const token = externalToken(call);
    const provider = await requireProvider(platform, portal, wish.slug);
    const claims = await connections.verifyIdToken(provider, token);
    return signInByProvider(platform, portal, provider, claims, wish);
  };

  return {
    async ssoLogin(call) {
      const { org_id: org, origin, contact_id: contactId } = call.parameters;
      const portal = await portals.ofPublic({ org_id: String(org), origin });
      return login(portal, call, { slug: call.body?.provider_slug, loginOnly: false, contactId });
    },

    async ssoLoginV3(call) {
      const { contact_id: contactId, ...question } = call.parameters;
      const portal = await portals.ofPublic(question);
      const { provider_slug: slug, login_only: loginOnly } = call.body ?? {};
      return login(portal, call, { slug, loginOnly: loginOnly === true, contactId });
    },

    async ssoRedirect(call) {
      const form: unknown = call.body;
      const target = await portalSite(platform, call.parameters.web_uri);
      const [code, state] = [formField(form, 'code'), formField(form, 'state')];
      if (target.pathname === '/') target.pathname = '/login';
      target.search = new URLSearchParams({ code, state }).toString();
      target.hash = '';
      return reply(301, undefined, { location: target.href, 'cache-control': 'no-store' });
    },

    async ssoCallback(call) {
      const { body } = call;
      if (body.grant_type !== 'authorization_code') {
        throw invalid({ path: 'body.grant_type', message: 'must be authorization_code' });
      }
      const portal = await callbackPortal(platform, call.parameters.domain, body.redirect_uri);
      const provider = await requireProvider(platform, portal, body.provider_slug);
      if (!provider.clientIds.includes(body.client_id)) {
        throw invalid({ path: 'body.client_id', message: 'is not the client of the provider' });
      }
      const redirectUri =
        body.redirect_uri ?? provider.redirectUri ?? `https://${portal.domains[0] ?? ''}/sso`;
      const tokens = await connections.exchangeCode(provider, {
        code: body.code,
        verifier: body.code_verifier,
        redirectUri,
        clientId: body.client_id,
      });
      return reply(200, tokens, { 'cache-control': 'no-store' });
    },
  };
}

/** A provider by slug; without one, the only provider there is. Throws 400, and 500 when its environment values are missing. */
async function requireProvider(
  platform: UsersPlatform,
  portal: Portal,
  slug: string | undefined,
): Promise<Provider> {
  const providers = await providersOf(platform, portal);
  const provider = slug
    ? providers.find((one) => one.slug === slug)
    : providers.length === 1
      ? providers[0]
      : undefined;
  if (!provider) {
    throw invalid({ path: 'body.provider_slug', message: 'names no identity provider of the portal' });
  }
  if (!URL.canParse(provider.issuer)) {
    throw new Refusal(500, 'PROVIDER_MISCONFIGURED', 'The identity provider is not set up completely');
  }
  return provider;
}

/** The operations are not for our own tokens: the bearer is the provider's. */
function externalToken({ headers }: Pick<Call, 'headers'>): string {
  const match = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(String(headers.authorization ?? ''));
  if (!match?.[1]) throw unauthorized('A token of the identity provider is required');
  return match[1];
}

/** Only sites of portals of this installation: anything else would be an open redirect. Throws 400. */
async function portalSite({ portals }: UsersPlatform, uri: string): Promise<URL> {
  const target = URL.canParse(uri) ? new URL(uri) : undefined;
  const isLocal = target?.hostname === 'localhost' || target?.hostname.endsWith('.localhost');
  const isSafe = target?.protocol === 'https:' || (target?.protocol === 'http:' && isLocal);
  const isPlain = target?.username === '' && target.password === '';
  if (!target || !isSafe || !isPlain || !(await portals.findByDomain(target.hostname))) {
    throw invalid({ path: 'query.web_uri', message: 'is no site of a portal' });
  }
  return target;
}

/** The portal a code came back to: named by domain, or by the redirect address, which leads to it. */
async function callbackPortal(
  { portals }: UsersPlatform,
  domain: string | undefined,
  redirectUri: string | undefined,
): Promise<Portal> {
  const host =
    domain ?? (redirectUri && URL.canParse(redirectUri) ? new URL(redirectUri).hostname : undefined);
  const portal = host ? await portals.findByDomain(host) : undefined;
  if (!portal) {
    throw new Refusal(400, 'PORTAL_UNKNOWN', 'query.domain: names no portal', {
      errors: [{ path: 'query.domain', message: 'names no portal' }],
    });
  }
  return portal;
}

function formField(form: unknown, name: string): string {
  const value = isDocument(form) ? form[name] : undefined;
  if (typeof value !== 'string' || value === '')
    throw invalid({ path: `body.${name}`, message: 'is required' });
  return value;
}
