import { randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { reply } from '../../http/call.ts';
import { conflict, invalid, notFound } from '../../refusal.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { adminView, type Generation } from './config-view.ts';
import { actorOf, noteWrite } from './note-write.ts';
import { PortalRights } from './portal-grants.ts';
import { lockOrigin, lockPortal, readPortal, whereId, whereOrigin } from './portal-store.ts';
import { savePortal } from './save-portal.ts';
import { withoutPlaceholders } from './sent-placeholders.ts';

/** The one origin of which an organisation may have several portals (portal §3.1); also that of new portals that name none. */
const REPEATABLE_ORIGIN = 'ADDITIONAL_PORTAL';

/** Creating and changing portals (portal §3.1). */
export function configWriteOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity, database } = platform;

  const view = async (org: string, portalId: string, generation: Generation): Promise<JsonObject> => {
    const tenant = database.tenant(org);
    const portal = await readPortal(tenant, whereId(portalId));
    if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    return adminView(platform, portal, generation, await platform.pages.list(tenant, portalId));
  };

  const refuseForeignToken = async (org: string, sent: JsonObject) => {
    const token = sent['accessToken'];
    if (typeof token !== 'string' || token === '') return;
    const bearer = await identity.tokens.publishable(token);
    if (bearer?.org === org && bearer.journeyId === undefined) return;
    throw invalid({ path: 'body.accessToken', message: 'must be a publishable portal token' });
  };

  return {
    async upsertPortal(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      const { origin, portal_id: portalId } = call.parameters;
      refuseUnfitOrigin('query.origin', origin);
      const sent = withoutPlaceholders(asObject(call.body));
      await refuseForeignToken(call.tenant.org, sent);
      const saved = await call.tenant.transaction(async (tx) => {
        await lockOrigin(tx, origin);
        const before = await lockPortal(tx, portalId ? whereId(portalId) : whereOrigin(tx.org, origin));
        if (!before && portalId) throw notFound('The portal', 'PORTAL_NOT_FOUND');
        rights.require(before?.origin ?? origin, before ? 'edit' : 'create');
        const id = before?.portalId ?? randomUUID();
        await savePortal(tx, platform, rights, {
          ...{ portalId: id, origin: before?.origin ?? origin, before, sent, pageMode: 'id' },
          savedBy: actorOf(call.principal),
          taken: (host) => invalid({ path: 'body.domain', message: `${host} is in use` }, 'DOMAIN_TAKEN'),
        });
        await noteWrite(tx, call, platform.clock.now(), before ? 'portal.update' : 'portal.create', id);
        return { id, isNew: before === undefined };
      });
      return reply(saved.isNew ? 201 : 200, await view(call.tenant.org, saved.id, 'v2'));
    },

    async createPortalConfig(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      const sent = withoutPlaceholders(asObject(call.body));
      const origin = call.body?.origin ?? REPEATABLE_ORIGIN;
      refuseUnfitOrigin('body.origin', origin);
      rights.require(origin, 'create');
      await refuseForeignToken(call.tenant.org, sent);
      const portalId = randomUUID();
      await call.tenant.transaction(async (tx) => {
        await lockOrigin(tx, origin);
        const other = await readPortal(tx, whereOrigin(tx.org, origin));
        if (other && origin !== REPEATABLE_ORIGIN) {
          throw conflict(`The organisation has a portal of origin ${origin}`, 'ORIGIN_TAKEN');
        }
        await savePortal(tx, platform, rights, {
          ...{ portalId, origin, before: undefined, sent, pageMode: 'id' },
          savedBy: actorOf(call.principal),
          taken: (host) => conflict(`${host} is in use`, 'DOMAIN_TAKEN'),
        });
        await noteWrite(tx, call, platform.clock.now(), 'portal.create', portalId);
      });
      return view(call.tenant.org, portalId, 'v3');
    },

    async putPortalConfig(call) {
      const rights = await PortalRights.of(identity.access, call.principal);
      rights.requireAny('edit');
      const { portal_id: portalId, page_upsert_mode: pageMode = 'id' } = call.parameters;
      const sent = withoutPlaceholders(asObject(call.body));
      await refuseForeignToken(call.tenant.org, sent);
      await call.tenant.transaction(async (tx) => {
        const before = await lockPortal(tx, whereId(portalId));
        if (!before) throw notFound('The portal', 'PORTAL_NOT_FOUND');
        rights.require(before.origin, 'edit');
        await savePortal(tx, platform, rights, {
          ...{ portalId, origin: before.origin, before, sent, pageMode },
          savedBy: actorOf(call.principal),
          taken: (host) => invalid({ path: 'body.domain', message: `${host} is in use` }, 'DOMAIN_TAKEN'),
        });
        await noteWrite(tx, call, platform.clock.now(), 'portal.update', portalId);
      });
      return view(call.tenant.org, portalId, 'v3');
    },
  };
}

/** Origins are an open list, but a portal must be found by one again. */
function refuseUnfitOrigin(path: string, origin: string): void {
  if (/^[\w.:-]{1,100}$/.test(origin)) return;
  throw invalid({ path, message: 'must consist of letters, digits, _, -, . and :' });
}
