import {
  json,
  rowVersions,
  type Sql,
  sql,
  type TenantQueries,
  type TenantTransaction,
} from '../../storage/index.ts';
import { seedRoles } from '../roles/role.ts';
import { putRole } from '../roles/role-store.ts';

/** A tenant of the installation (identity §1.1). */
export interface Organisation {
  /** Decimal string such as `739224`. */
  readonly id: string;
  readonly name: string;
  /** Tokens of an inactive organisation count for nothing. */
  readonly active: boolean;
  /** E-mail, phone, website, address and the like, as clients read them. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

interface NewOrganisation {
  readonly name: string;
  readonly profile?: Readonly<Record<string, unknown>>;
}

/** Creates the transaction's organisation with its seeded roles. A second call for the same id changes nothing and answers false. */
export async function insertOrganisation(
  tx: TenantTransaction,
  input: NewOrganisation,
  now: Date,
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into organisation (org_id, name, profile, created_at)
    values (${tx.org}, ${input.name}, ${json(input.profile ?? {})}::jsonb, ${now}) on conflict do nothing`);
  if (inserted === 0) return false;
  for (const role of seedRoles(tx.org)) await putRole(tx, role);
  return true;
}

/** The organisation, or undefined when there is none with this id. */
export async function findOrganisation(queries: TenantQueries): Promise<Organisation | undefined> {
  const row = await queries.first<{
    name: string;
    active: boolean;
    profile: Record<string, unknown>;
    created_at: Date;
  }>(sql`select name, active, profile, created_at from organisation where org_id = ${queries.org}`);
  if (!row) return undefined;
  const { created_at: createdAt, ...rest } = row;
  return { id: queries.org, ...rest, createdAt };
}

/** The value of a setting (identity §1.2); undefined when it is not set. */
export async function readSetting(queries: TenantQueries, key: string): Promise<unknown> {
  const row = await queries.first<{ value: unknown }>(
    sql`select value from organisation_setting where org_id = ${queries.org} and key = ${key}`,
  );
  return row?.value;
}

/** All settings by key. */
export async function readSettings(queries: TenantQueries): Promise<Record<string, unknown>> {
  const row = await queries.first<{ settings: Record<string, unknown> }>(
    sql`select (${settingsOf(queries.org)}) as settings`,
  );
  return row?.settings ?? {};
}

/** All settings of an organisation as one JSON object, for statements that read more than them. */
export function settingsOf(org: string): Sql {
  return sql`select coalesce(jsonb_object_agg(key, value), '{}') from organisation_setting where org_id = ${org}`;
}

/** A subselect of one text that differs whenever a setting of the organisation has changed. */
export function settingVersions(org: string): Sql {
  return rowVersions('organisation_setting', sql`t.org_id = ${org}`);
}

/** Replaces a setting; `undefined` deletes it. */
export async function writeSetting(queries: TenantQueries, key: string, value: unknown): Promise<void> {
  if (value === undefined) {
    await queries.run(sql`delete from organisation_setting where org_id = ${queries.org} and key = ${key}`);
    return;
  }
  await queries.run(sql`
    insert into organisation_setting (org_id, key, value) values (${queries.org}, ${key}, ${json(value)}::jsonb)
    on conflict (org_id, key) do update set value = excluded.value`);
}
