import { createHash, timingSafeEqual } from 'node:crypto';
import type { Operations } from '../../../contract/operation-types.ts';
import { findEntity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { newUlid } from '../../../ports/index.ts';
import { unauthorized } from '../../../refusal.ts';
import { json, sql } from '../../../storage/index.ts';
import type { Portal } from '../../config/index.ts';
import { REGISTRATION_SOURCE } from '../registration/create-user.ts';
import type { UsersPlatform } from '../users-platform.ts';
import { linkedUsers, linksOfUser, type ProviderLink, unlinkSubject } from './link-store.ts';
import { type Provider, providersOf } from './providers.ts';

/** What an identity service reports about its users, with the client's own credentials (portal §4.8). */
export function mLoginOperations(platform: UsersPlatform): Operations<'customer-portal'> {
  const { database, clock, identity, entities } = platform;

  /** Who has left signs in nowhere any more; without another way in, the portal user goes as well. */
  const forget = (org: string, link: ProviderLink) =>
    database.tenant(org).transaction(async (tx) => {
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

  return {
    async deRegisterMLoginUser(call) {
      const { client_id: clientId, user_id: subject } = call.parameters;
      for (const { org, provider } of await requireClients(platform, call, clientId)) {
        await forget(org, { issuer: provider.issuer, subject });
      }
      return undefined;
    },

    async notifyMLoginInterestChange(call) {
      const { client_id: clientId, user_id: userId } = call.parameters;
      const now = clock.now();
      for (const { org } of await requireClients(platform, call, clientId)) {
        await database.tenant(org).run(sql`
          insert into portal_interest_change (org_id, id, client_id, user_id, body, received_at)
          values (${org}, ${newUlid(now)}, ${clientId}, ${userId}, ${json(call.body ?? {})}::jsonb, ${now})`);
      }
      return undefined;
    },
  };
}

interface Client {
  readonly org: string;
  readonly provider: Provider;
}

/**
 * HTTP Basic with the id and secret of the provider's client. Several organisations may use one client: the report is for all of them whose
 * secret it shows. Throws 401 when there is none.
 */
async function requireClients(
  platform: UsersPlatform,
  { headers }: Pick<Call, 'headers'>,
  clientId: string,
): Promise<Client[]> {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const shown = basic ? Buffer.from(basic, 'base64').toString('utf8') : '';
  const prefix = `${clientId}:`;
  const clients: Client[] = [];
  for (const portal of shown.startsWith(prefix) ? await portalsWithClient(platform, clientId) : []) {
    const providers = await providersOf(platform, portal);
    const provider = providers.find(({ clientIds }) => clientIds.includes(clientId));
    if (!provider?.clientSecret || !sameText(provider.clientSecret, shown.slice(prefix.length))) continue;
    clients.push({ org: portal.org, provider });
  }
  if (clients.length === 0) throw unauthorized('The client is not known');
  return clients;
}

/** One portal per origin whose providers mention the client. Clients that are environment references are found by no report. */
async function portalsWithClient({ database, portals }: UsersPlatform, clientId: string): Promise<Portal[]> {
  const rows = await database.system.query<{ portal_id: string }>(sql`
    select distinct on (p.org_id, p.origin) p.portal_id from portal_identity_provider i
      join portal p on p.org_id = i.org_id and p.origin = i.origin
     where i.provider #>> '{oidc_config,client_id}' = ${clientId} or i.provider #>> '{mobile_oidc_config,client_id}' = ${clientId}
     order by p.org_id, p.origin, p.created_at limit 100`);
  const found = await Promise.all(rows.map(({ portal_id }) => portals.find(portal_id)));
  return found.filter((portal) => portal !== undefined);
}

function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
