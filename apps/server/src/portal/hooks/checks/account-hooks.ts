import { asObject } from '../../../contract/json-object.ts';
import { isEntityId } from '../../../entities/index.ts';
import type { Database } from '../../../storage/index.ts';
import { upstreamRefusal, type Variables } from '../../../third-party/index.ts';
import type { HookSubject, UserHooks } from '../../users/index.ts';
import type { HookEngine } from '../engine/hook-engine.ts';
import { findChosenHook } from '../extensions/choose-hook.ts';
import type { Hook } from '../extensions/extension.ts';
import { identifiedIds, identifiersBody } from './identified-ids.ts';

/** Whether a portal hands password changes over: it has chosen a `changePassword` hook of an extension that is switched on. */
export function passwordsKeptElsewhere(database: Database) {
  return async ({ org, config }: { readonly org: string; readonly config: unknown }): Promise<boolean> =>
    (await findChosenHook(database.tenant(org), { config: asObject(config) }, 'changePassword')) !==
    undefined;
}

/** The hooks that registration and accounts depend on: `registrationIdentifiersCheck`, `changeEmail`, `changePassword`, `deleteAccount` (portal §9.4). */
export function accountHooks(database: Database, engine: HookEngine): UserHooks {
  const accept = async (
    hook: Hook,
    subject: HookSubject,
    inputs: Variables,
    body: Record<string, string>,
  ) => {
    const { portal, tenant, portalUserId, contactId } = subject;
    const situation = {
      tenant,
      portalId: portal.portalId,
      portalUserId,
      contactId,
      inputs: { Input: inputs },
    };
    // 404 is no acceptance: nothing may be changed or deleted here then.
    const answer = await engine.run(hook, situation, { method: 'POST', body });
    if (!answer) throw upstreamRefusal('UPSTREAM_ERROR');
  };

  return {
    async identifiesContacts(portal, tenant) {
      return (await findChosenHook(tenant, portal, 'registrationIdentifiersCheck')) !== undefined;
    },

    async identifyContact(portal, tenant, identifiers) {
      const hook = await findChosenHook(tenant, portal, 'registrationIdentifiersCheck');
      if (!hook) return undefined;
      const situation = { tenant, portalId: portal.portalId, inputs: { Identifiers: identifiers } };
      const body = identifiersBody(identifiers);
      const answer = await engine.run(hook, situation, { method: 'POST', body, passesTooMany: true });
      if (!answer) return { contactId: undefined };
      const [contactId, another] = identifiedIds(hook, answer);
      return { contactId: another === undefined && isEntityId(contactId) ? contactId : undefined };
    },

    async changeEmailSettings(portal) {
      const hook = await findChosenHook(database.tenant(portal.org), portal, 'changeEmail');
      return hook && { requiresPassword: hook.definition['require_password_confirmation'] !== false };
    },

    async changeEmail(subject, { newEmail, oldEmail }) {
      const hook = await findChosenHook(subject.tenant, subject.portal, 'changeEmail');
      if (!hook) return undefined;
      const input = { new_email: newEmail, old_email: oldEmail };
      const body = {
        new_email: '{{Input.new_email}}',
        old_email: '{{Input.old_email}}',
        portal_user_id: subject.portalUserId,
      };
      await accept(hook, subject, input, body);
      return hook.definition['change_mode'] === 'synchronous' ? 'synchronous' : 'asynchronous';
    },

    async changePasswordSettings(portal) {
      const hook = await findChosenHook(database.tenant(portal.org), portal, 'changePassword');
      return hook && { requiresPassword: hook.definition['require_new_password'] === true };
    },

    async changePassword(subject, newPassword) {
      const hook = await findChosenHook(subject.tenant, subject.portal, 'changePassword');
      if (!hook) return false;
      const known = newPassword !== undefined;
      const body = {
        portal_user_id: subject.portalUserId,
        email: '{{PortalUser.email.0.email}}',
        ...(known ? { new_password: '{{Input.new_password}}' } : {}),
      };
      await accept(hook, subject, known ? { new_password: newPassword } : {}, body);
      return true;
    },

    async deleteAccount(subject, email) {
      const hook = await findChosenHook(subject.tenant, subject.portal, 'deleteAccount');
      if (!hook) return undefined;
      const body = { portal_user_id: subject.portalUserId, email: '{{Input.email}}' };
      await accept(hook, subject, { email }, body);
      if (hook.definition['deletion_mode'] === 'asynchronous') return { mode: 'asynchronous' };
      const wish = hook.definition['delete_contact'];
      return { mode: 'synchronous', contact: wish === 'soft' || wish === 'hard' ? wish : 'keep' };
    },
  };
}
