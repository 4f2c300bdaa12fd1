import type { Control } from '../control/index.ts';
import type { Identity } from '../identity/index.ts';
import { notFound } from '../refusal.ts';
import { type Database, sql } from '../storage/index.ts';

/** What the commands on this machine may ask for: tokens, without anybody's password, and who the staff are. */
export function localControl(database: Database, identity: Identity): Control {
  /** The organisation that is meant: the oldest one unless one is named. */
  async function organisation(org: string | undefined): Promise<string> {
    const found = await database.system.first<{ org_id: string }>(sql`
      select org_id from organisation
       where active and (${org ?? null}::text is null or org_id = ${org ?? null})
       order by created_at, org_id limit 1`);
    if (!found) throw notFound('The organisation');
    return found.org_id;
  }

  return {
    async adminToken(org) {
      return identity.issueAdminToken(await organisation(org), 'busbar token');
    },
    async portalToken(email) {
      const account = await database.system.first<{ portal_id: string; portal_user_id: string }>(sql`
        select portal_id, portal_user_id from portal_account
         where email_verified and (${email ?? null}::text is null or email = lower(${email ?? null}))
         order by created_at, id limit 1`);
      if (!account) throw notFound('The portal customer');
      return (await identity.issuePortalToken(account.portal_id, account.portal_user_id)).id_token;
    },
    async staff({ action, email, org: named, role = 'owner' }) {
      switch (action) {
        case 'add': {
          const org = await organisation(named);
          await identity.staff.add(org, email, role);
          return `${email} may sign in to organisation ${org} as ${role}`;
        }
        case 'password':
          return identity.staff.newPassword(email);
        case 'remove':
          await identity.staff.remove(email);
          return `${email} may not sign in any more`;
      }
    },
  };
}
