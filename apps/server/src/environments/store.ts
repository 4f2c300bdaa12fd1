import type { SecretBox } from '../ports/index.ts';
import { json, type Sql, sql, type TenantQueries } from '../storage/index.ts';
import type { ResolvedVariable, Variable, VariableType } from './variable.ts';

interface Row {
  readonly key: string;
  readonly type: VariableType;
  readonly value: unknown;
  readonly secret: string | null;
  readonly description: string | null;
  readonly group_name: string | null;
  readonly protected: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What is stored; `value` undefined leaves the variable without one. */
export interface StoredVariable {
  readonly key: string;
  readonly type: VariableType;
  readonly value: unknown;
  readonly description: string | undefined;
  readonly group: string | undefined;
  readonly protected: boolean;
}

const purposeOf = (key: string) => `environment.${key}`;

/** Tells whether values of this kind are secret. */
function isSecret(type: VariableType, value: unknown): boolean {
  if (type === 'SecretString') return true;
  return (
    type === 'List' &&
    typeof value === 'object' &&
    value !== null &&
    'itemType' in value &&
    value.itemType === 'SecretString'
  );
}

/** All variables of the organisation, by key. */
export async function listVariables(tenant: TenantQueries): Promise<Variable[]> {
  const rows = await tenant.query<Row>(sql`
    select * from environment_variable where org_id = ${tenant.org} order by key`);
  return rows.map(fromRow);
}

/** One variable. Within a transaction, `lock` keeps others from changing it. */
export async function findVariable(
  tenant: TenantQueries,
  key: string,
  lock?: 'for update',
): Promise<Variable | undefined> {
  const row = await tenant.first<Row>(sql`
    select * from environment_variable where org_id = ${tenant.org} and key = ${key} ${lock ? LOCK : NO_LOCK}`);
  return row && fromRow(row);
}

const LOCK: Sql = sql`for update`;
const NO_LOCK: Sql = sql``;

/** Writes a variable; secrets are sealed. Answers false when `onlyNew` and the key is taken. */
export async function writeVariable(
  tenant: TenantQueries,
  secrets: SecretBox,
  variable: StoredVariable,
  now: Date,
  { onlyNew }: { readonly onlyNew: boolean },
): Promise<boolean> {
  const { key, type, value } = variable;
  const sealed =
    value !== undefined && isSecret(type, value)
      ? secrets.seal(JSON.stringify(value), { org: tenant.org, purpose: purposeOf(key) })
      : null;
  const plain = value === undefined || sealed !== null ? null : json(value);
  const written = await tenant.run(sql`
    insert into environment_variable (org_id, key, type, value, secret, description, group_name, protected, created_at, updated_at)
    values (${tenant.org}, ${key}, ${type}, ${plain}::jsonb, ${sealed}, ${variable.description ?? null}, ${variable.group ?? null},
            ${variable.protected}, ${now}, ${now})
    on conflict (org_id, key) do ${
      onlyNew
        ? sql`nothing`
        : sql`update set type = excluded.type, value = excluded.value, secret = excluded.secret, description = excluded.description,
                group_name = excluded.group_name, protected = excluded.protected, updated_at = excluded.updated_at`
    }`);
  return written > 0;
}

/** Changes what is said about a variable and leaves its value alone. */
export async function describeVariable(
  tenant: TenantQueries,
  variable: Omit<StoredVariable, 'type' | 'value'>,
  now: Date,
): Promise<void> {
  await tenant.run(sql`
    update environment_variable
       set description = ${variable.description ?? null}, group_name = ${variable.group ?? null}, protected = ${variable.protected}, updated_at = ${now}
     where org_id = ${tenant.org} and key = ${variable.key}`);
}

/** Removes a variable. Answers whether there was one. */
export async function removeVariable(tenant: TenantQueries, key: string): Promise<boolean> {
  return (
    (await tenant.run(sql`delete from environment_variable where org_id = ${tenant.org} and key = ${key}`)) >
    0
  );
}

/**
 * The value of a variable as templates insert it: strings as they are, everything else as JSON. Undefined when there is no such variable or it has no value
 * (erp-integration.md 1.5: the action that needs it fails then). For trusted backend contexts only (identity.md 1.5).
 * @throws SecretError when a secret cannot be opened
 */
export async function resolveEnvironment(
  tenant: TenantQueries,
  secrets: SecretBox,
  key: string,
): Promise<ResolvedVariable | undefined> {
  const row = await tenant.first<Pick<Row, 'value' | 'secret'>>(sql`
    select value, secret from environment_variable where org_id = ${tenant.org} and key = ${key}`);
  if (!row) return undefined;
  if (row.secret !== null) {
    const value: unknown = JSON.parse(secrets.open(row.secret, { org: tenant.org, purpose: purposeOf(key) }));
    return { text: asText(value), secret: true };
  }
  return row.value === null ? undefined : { text: asText(row.value), secret: false };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fromRow(row: Row): Variable {
  const value = row.value ?? undefined;
  return {
    key: row.key,
    type: row.type,
    value,
    hasValue: row.value !== null || row.secret !== null,
    itemType: itemTypeOf(row, value),
    description: row.description ?? undefined,
    group: row.group_name ?? undefined,
    protected: row.protected,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function itemTypeOf(row: Row, value: unknown): string | undefined {
  if (row.type !== 'List') return undefined;
  if (row.secret !== null) return 'SecretString';
  if (typeof value !== 'object' || value === null || !('itemType' in value)) return undefined;
  return typeof value.itemType === 'string' ? value.itemType : undefined;
}
