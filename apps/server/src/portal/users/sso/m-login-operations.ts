import { createHash, timingSafeEqual } from 'node:crypto';
import { ulid } from 'ulid';
import type { Operations } from '../../../contract/operation-types.ts';
import { findEntity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { unauthorized } from '../../../refusal.ts';
import { json, sql } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { REGISTRATION_SOURCE } from '../registration/create-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { linkedUsers, linksOfUser, unlinkSubject } from './link-store.ts';
import { type Provider, providersOf } from './providers.ts';

/** What an identity service reports about its users, with the client's own credentials (portal §4.8). */
export function mLoginOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { database, clock, identity, entities } = platform;

  return {
    async deRegisterMLoginUser(call) {
      const { client_id: clientId, user_id: subject } = call.parameters;
      const { org, provider } = await requireClient(platform, call, clientId);
      const link = { issuer: provider.issuer, subject };
      await database.tenant(org).transaction(async (tx) => {
        const users = await linkedUsers(tx, link);
        await unlinkSubject(tx, link);
        for (const id of users) {
          await identity.accounts.endSessions(tx, id, 'left the identity service');
          const hasOther =
            (await identity.accounts.hasPassword(tx, id)) === true || (await linksOfUser(tx, id)).length > 0;
          if (hasOther || !(await findEntity(tx, id, 'portal_user'))) continue;
          await identity.accounts.deleteAccount(tx, id);
          await entities.softDelete(tx, { id, schema: 'portal_user' }, { source: REGISTRATION_SOURCE });
        }
      });
      return undefined;
    },

    async notifyMLoginInterestChange(call) {
      const { client_id: clientId, user_id: userId } = call.parameters;
      const { org } = await requireClient(platform, call, clientId);
      const now = clock.now();
      await database.tenant(org).run(sql`
        insert into portal_interest_change (org_id, id, client_id, user_id, body, received_at)
        values (${org}, ${ulid(now.getTime())}, ${clientId}, ${userId}, ${json(call.body ?? {})}::jsonb, ${now})`);
      return undefined;
    },
  };
}

/** HTTP Basic with the id and secret of the provider's client. Throws 401 for everything else. */
async function requireClient(
  platform: UsersPlatform,
  { headers }: Pick<Call, 'headers'>,
  clientId: string,
): Promise<{ readonly org: string; readonly provider: Provider }> {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const shown = basic ? Buffer.from(basic, 'base64').toString('utf8') : '';
  const colon = shown.indexOf(':');
  if (colon > 0 && shown.slice(0, colon) === clientId) {
    for (const portal of await portalsWithClient(platform, clientId)) {
      const providers = await providersOf(platform, portal);
      const provider = providers.find(({ clientIds }) => clientIds.includes(clientId));
      if (provider?.clientSecret && sameText(provider.clientSecret, shown.slice(colon + 1))) {
        return { org: portal.org, provider };
      }
    }
  }
  throw unauthorized('The client is not known');
}

/** One portal per origin whose providers mention the client. Clients that are environment references are found by no report. */
async function portalsWithClient({ database, portals }: UsersPlatform, clientId: string): Promise<Portal[]> {
  const rows = await database.system.query<{ portal_id: string }>(sql`
    select distinct on (p.org_id, p.origin) p.portal_id from portal_identity_provider i
      join portal p on p.org_id = i.org_id and p.origin = i.origin
     where i.provider #>> '{oidc_config,client_id}' = ${clientId} or i.provider #>> '{mobile_oidc_config,client_id}' = ${clientId}
     order by p.org_id, p.origin, p.created_at limit 20`);
  const found = await Promise.all(rows.map(({ portal_id }) => portals.find(portal_id)));
  return found.filter((portal) => portal !== undefined);
}

function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
