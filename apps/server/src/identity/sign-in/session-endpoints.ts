import type { FastifyRequest } from 'fastify';
import { unauthorized } from '../../refusal.ts';
import { findAccountOfUser } from '../accounts/account-store.ts';
import { endByRefreshToken } from '../sessions/end-by-refresh-token.ts';
import { grantField } from './form-fields.ts';
import type { SignInContext } from './sign-in-context.ts';
import { signedInUser } from './signed-in-user.ts';

/** Ends the session of a refresh token; tokens nobody knows are no error (RFC 7009 §2.2). */
export async function revoke(context: SignInContext): Promise<Record<string, never>> {
  await endByRefreshToken(context.tenant, grantField(context.form, 'token'), undefined, context.now);
  return {};
}

/** OpenID Connect userinfo of the signed-in user, with the claim names of portal §1.2. */
export async function userinfo(
  context: SignInContext,
  request: Pick<FastifyRequest, 'headers'>,
): Promise<Record<string, unknown>> {
  const principal = await signedInUser(context, request);
  const account = await findAccountOfUser(context.tenant, principal.portalUserId);
  if (!account) throw unauthorized();
  return {
    sub: account.id,
    email: account.email,
    email_verified: account.emailVerified,
    'custom:org_id': principal.org,
    'custom:origin': principal.origin,
    'custom:portal_id': principal.portalId,
    'custom:portal_user_id': principal.portalUserId,
    ...(principal.contactId ? { 'custom:contact_entity_id': principal.contactId } : {}),
  };
}
