import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import type { Call } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import type { Sql } from '../../storage/index.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { actorOf, noteWrite } from './note-write.ts';
import { PortalRights } from './portal-grants.ts';
import { lockPortal, readPortal, whereId, whereOrigin, writePortal } from './portal-store.ts';

/** The message that the contract prescribes. */
const DONE = 'Email Templates upserted successfully';

/** The templates of mails by purpose (portal §3.7). */
export function emailTemplateOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity, clock } = platform;

  const rightsOf = async (call: Call<unknown>, action: 'view' | 'edit', origin?: string) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    if (origin === undefined) rights.requireAny(action);
    else rights.require(origin, action);
    return rights;
  };

  const read = async (call: Call<unknown>, condition: Sql, origin?: string) => {
    const rights = await rightsOf(call, 'view', origin);
    const portal = await readPortal(call.tenant, condition);
    if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    rights.require(portal.origin, 'view');
    return asObject(portal.config['email_templates']);
  };

  const upsert = async (call: Call<unknown>, condition: Sql, origin?: string) => {
    const rights = await rightsOf(call, 'edit', origin);
    const sent = asObject(call.body);
    const emailTemplates = await call.tenant.transaction(async (tx) => {
      const portal = await lockPortal(tx, condition);
      if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
      rights.require(portal.origin, 'edit');
      const merged = mergeTemplates(asObject(portal.saved['email_templates']), sent);
      const saved = { ...portal.saved, email_templates: merged };
      await writePortal(tx, { ...portal, saved }, actorOf(call.principal), clock.now());
      await noteWrite(tx, call, clock.now(), 'portal.email_templates', portal.portalId);
      return merged;
    });
    return { message: DONE, emailTemplates };
  };

  return {
    async getEmailTemplates(call) {
      const { origin } = call.parameters;
      return read(call, whereOrigin(call.tenant.org, origin), origin);
    },
    async getEmailTemplatesByPortalId(call) {
      return read(call, whereId(call.parameters.portal_id));
    },
    async upsertEmailTemplates(call) {
      const { origin } = call.parameters;
      return upsert(call, whereOrigin(call.tenant.org, origin), origin);
    },
    async upsertEmailTemplatesByPortalId(call) {
      return upsert(call, whereId(call.parameters.portal_id));
    },
  };
}

/** A present key overwrites, `null` clears, absent keys stay. */
function mergeTemplates(before: JsonObject, sent: JsonObject): JsonObject {
  const merged = { ...before, ...sent };
  return Object.fromEntries(Object.entries(merged).filter(([, template]) => template !== null));
}
