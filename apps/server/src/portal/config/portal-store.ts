import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { PortalPointer } from '../../identity/index.ts';
import {
  json,
  type Queries,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import { withDefaults } from './config-defaults.ts';
import type { StoredPortal } from './portal.ts';

interface PortalRow {
  readonly org_id: string;
  readonly portal_id: string;
  readonly origin: string;
  readonly enabled: boolean;
  readonly config: unknown;
  readonly secrets: unknown;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date | null;
  readonly domains: string[] | null;
}

const COLUMNS = sql`p.org_id, p.portal_id, p.origin, p.enabled, p.config, p.secrets, p.revision, p.created_at, p.updated_at,
  (select array_agg(d.domain order by d.domain) from portal_domain d
    where d.org_id = p.org_id and d.portal_id = p.portal_id and d.active) as domains`;
/** Several portals of one origin: the oldest counts (portal §2.1). */
const OLDEST_FIRST = sql`order by p.created_at, p.portal_id`;

/** By id (unique in the installation). Runs in any scope. */
export const whereId = (portalId: string): Sql => sql`p.portal_id = ${portalId}`;
/** By a host name that is switched on; it must be in the form of `hostName`. */
export const whereHost = (host: string): Sql => sql`(p.org_id, p.portal_id) in (
  select d.org_id, d.portal_id from portal_domain d where d.domain = ${host} and d.active)`;
/** By a host name that it has claimed, whether or not it is switched on. */
export const whereClaimedHost = (host: string): Sql => sql`(p.org_id, p.portal_id) in (
  select d.org_id, d.portal_id from portal_domain d where d.domain = ${host})`;
export const whereOrigin = (org: string, origin: string): Sql =>
  sql`p.org_id = ${org} and p.origin = ${origin}`;

/** The oldest portal that meets a condition, as a pointer. */
export async function findPointer(queries: Queries, condition: Sql): Promise<PortalPointer | undefined> {
  const row = await queries.first<{ portal_id: string; revision: number; active: boolean }>(sql`
    select p.portal_id, p.revision, coalesce(o.active, true) as active
      from portal p left join organisation o on o.org_id = p.org_id where ${condition} ${OLDEST_FIRST} limit 1`);
  return row && { portalId: row.portal_id, revision: row.revision, isOrganisationActive: row.active };
}

/** The oldest portal that meets a condition. */
export async function readPortal(queries: Queries, condition: Sql): Promise<StoredPortal | undefined> {
  const row = await queries.first<PortalRow>(
    sql`select ${COLUMNS} from portal p where ${condition} ${OLDEST_FIRST} limit 1`,
  );
  return row && fromRow(row);
}

/** All portals of the organisation, oldest first. */
export async function listPortals(queries: TenantQueries): Promise<StoredPortal[]> {
  const rows = await queries.query<PortalRow>(
    sql`select ${COLUMNS} from portal p where p.org_id = ${queries.org} ${OLDEST_FIRST}`,
  );
  return rows.map(fromRow);
}

/** The portal of the transaction's organisation that meets a condition; nobody else changes it before the transaction ends. */
export async function lockPortal(tx: TenantTransaction, condition: Sql): Promise<StoredPortal | undefined> {
  const row = await tx.first<{ portal_id: string }>(
    sql`select p.portal_id from portal p where p.org_id = ${tx.org} and ${condition} ${OLDEST_FIRST} limit 1 for update`,
  );
  return row && readPortal(tx, sql`p.org_id = ${tx.org} and p.portal_id = ${row.portal_id}`);
}

/** Lets one request at a time decide whether an origin has a portal. */
export async function lockOrigin(tx: TenantTransaction, origin: string): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`portal:${tx.org}:${origin}`}, 0))`);
}

/** What a save writes. */
export interface PortalContent {
  readonly portalId: string;
  readonly origin: string;
  readonly enabled: boolean;
  readonly saved: JsonObject;
  readonly secrets: StoredPortal['secrets'];
}

/** Saves a portal and keeps the configuration as a revision; answers its number. Older revisions than the newest hundred go. */
export async function writePortal(
  tx: TenantTransaction,
  content: PortalContent,
  savedBy: string,
  now: Date,
): Promise<number> {
  const { portalId, origin, enabled, saved, secrets } = content;
  const row = await tx.first<{ revision: number }>(sql`
    insert into portal (org_id, portal_id, origin, enabled, config, secrets, created_at, updated_at)
    values (${tx.org}, ${portalId}, ${origin}, ${enabled}, ${json(saved)}::jsonb, ${json(secrets)}::jsonb, ${now}, ${now})
    on conflict (org_id, portal_id) do update
       set enabled = excluded.enabled, config = excluded.config, secrets = excluded.secrets, updated_at = excluded.updated_at,
           revision = portal.revision + 1
    returning revision`);
  if (!row) throw new Error('A save answers its revision');
  await tx.run(sql`
    insert into portal_revision (org_id, portal_id, revision, enabled, config, saved_by, saved_at)
    values (${tx.org}, ${portalId}, ${row.revision}, ${enabled}, ${json(saved)}::jsonb, ${savedBy}, ${now})
    on conflict (org_id, portal_id, revision) do nothing`);
  await tx.run(sql`
    delete from portal_revision
     where org_id = ${tx.org} and portal_id = ${portalId} and revision <= ${row.revision - REVISIONS_KEPT}`);
  return row.revision;
}

const REVISIONS_KEPT = 100;

/** Removes a portal's own rows: the record, its names, revisions, widgets and certificate. */
export async function removePortal(tx: TenantTransaction, portalId: string): Promise<void> {
  await tx.run(sql`delete from portal_domain where org_id = ${tx.org} and portal_id = ${portalId}`);
  await tx.run(sql`delete from portal_revision where org_id = ${tx.org} and portal_id = ${portalId}`);
  await tx.run(sql`delete from portal_widget_list where org_id = ${tx.org} and portal_id = ${portalId}`);
  await tx.run(sql`delete from portal_certificate where org_id = ${tx.org} and portal_id = ${portalId}`);
  await tx.run(sql`delete from portal where org_id = ${tx.org} and portal_id = ${portalId}`);
}

function fromRow(row: PortalRow): StoredPortal {
  const saved = asObject(row.config);
  return {
    org: row.org_id,
    portalId: row.portal_id,
    origin: row.origin,
    enabled: row.enabled,
    config: withDefaults(saved),
    saved,
    secrets: textMembers(row.secrets),
    domains: row.domains ?? [],
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? row.created_at,
  };
}

function textMembers(value: unknown): StoredPortal['secrets'] {
  const { accessToken, extensionOptions } = asObject(value);
  return {
    ...(typeof accessToken === 'string' ? { accessToken } : {}),
    ...(typeof extensionOptions === 'string' ? { extensionOptions } : {}),
  };
}
