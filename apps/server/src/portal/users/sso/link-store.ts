import { sql, type TenantQueries } from '../../../storage/index.ts';

/** Who a provider says a portal user is. */
export interface ProviderLink {
  readonly issuer: string;
  readonly subject: string;
}

/** The user of a portal that is linked to a provider's subject. */
export async function findLinkedUser(
  queries: TenantQueries,
  portalId: string,
  { issuer, subject }: ProviderLink,
): Promise<string | undefined> {
  const row = await queries.first<{ portal_user_id: string }>(sql`
    select portal_user_id from portal_user_link
     where org_id = ${queries.org} and portal_id = ${portalId} and issuer = ${issuer} and subject = ${subject}`);
  return row?.portal_user_id;
}

/** The users of an organisation, in whichever portal, that are linked to a provider's subject. */
export async function linkedUsers(
  queries: TenantQueries,
  { issuer, subject }: ProviderLink,
): Promise<string[]> {
  const rows = await queries.query<{ portal_user_id: string }>(sql`
    select distinct portal_user_id from portal_user_link
     where org_id = ${queries.org} and issuer = ${issuer} and subject = ${subject}`);
  return rows.map(({ portal_user_id }) => portal_user_id);
}

/** The providers a portal user signs in with. */
export async function linksOfUser(queries: TenantQueries, portalUserId: string): Promise<ProviderLink[]> {
  return queries.query<{ issuer: string; subject: string }>(sql`
    select issuer, subject from portal_user_link
     where org_id = ${queries.org} and portal_user_id = ${portalUserId} order by linked_at, issuer`);
}

/** Remembers who a provider says a user is. A subject that is linked to somebody else moves to this user. */
export async function linkUser(
  queries: TenantQueries,
  portalId: string,
  portalUserId: string,
  { issuer, subject }: ProviderLink,
  now: Date,
): Promise<void> {
  await queries.run(sql`
    insert into portal_user_link (org_id, portal_id, issuer, subject, portal_user_id, linked_at)
    values (${queries.org}, ${portalId}, ${issuer}, ${subject}, ${portalUserId}, ${now})
    on conflict (org_id, portal_id, issuer, subject) do update set portal_user_id = excluded.portal_user_id`);
}

/** Forgets a provider's subject in all portals of the organisation. */
export async function unlinkSubject(
  queries: TenantQueries,
  { issuer, subject }: ProviderLink,
): Promise<void> {
  await queries.run(sql`
    delete from portal_user_link where org_id = ${queries.org} and issuer = ${issuer} and subject = ${subject}`);
}
