import { json, sql, type TenantQueries } from '../../storage/index.ts';
import type { WebhookConfig, WebhookDefinition } from './webhook-config.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly event_name: string;
  readonly enabled: boolean;
  readonly definition: WebhookDefinition;
  readonly auth: string;
  readonly signing_secret: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** All webhooks of the organisation, oldest first. */
export async function listConfigs(tenant: TenantQueries): Promise<WebhookConfig[]> {
  const rows = await tenant.query<Row>(sql`
    select * from webhook_config where org_id = ${tenant.org} order by created_at, id`);
  return rows.map(fromRow);
}

/** One webhook; `lock` keeps others from changing it until the transaction ends. */
export async function findConfig(
  tenant: TenantQueries,
  id: string,
  lock?: 'for update',
): Promise<WebhookConfig | undefined> {
  const row = await tenant.first<Row>(sql`
    select * from webhook_config where org_id = ${tenant.org} and id = ${id} ${lock ? sql`for update` : sql``}`);
  return row && fromRow(row);
}

/** Writes a new webhook, or all of a known one but its id, secret and time of creation. */
export async function writeConfig(tenant: TenantQueries, config: WebhookConfig): Promise<void> {
  await tenant.run(sql`
    insert into webhook_config (org_id, id, name, event_name, enabled, definition, auth, signing_secret, created_at, updated_at)
    values (${tenant.org}, ${config.id}, ${config.name}, ${config.eventName}, ${config.enabled}, ${json(config.definition)}::jsonb,
            ${config.sealedAuth}, ${config.sealedSigningSecret}, ${config.createdAt}, ${config.updatedAt})
    on conflict (org_id, id) do update
       set name = excluded.name, event_name = excluded.event_name, enabled = excluded.enabled, definition = excluded.definition,
           auth = excluded.auth, updated_at = excluded.updated_at`);
}

/** Removes a webhook; its deliveries stay as history. Answers whether there was one. */
export async function removeConfig(tenant: TenantQueries, id: string): Promise<boolean> {
  return (await tenant.run(sql`delete from webhook_config where org_id = ${tenant.org} and id = ${id}`)) > 0;
}

/** The organisation's public key (PEM). */
export function findSigningKey(tenant: TenantQueries): Promise<{ readonly public_key: string } | undefined> {
  return tenant.first(sql`select public_key from webhook_signing_key where org_id = ${tenant.org}`);
}

/** Stores the organisation's key pair unless it has one. */
export async function addSigningKey(
  tenant: TenantQueries,
  key: { readonly publicKey: string; readonly sealedPrivateKey: string },
  now: Date,
): Promise<void> {
  await tenant.run(sql`
    insert into webhook_signing_key (org_id, public_key, private_key, created_at)
    values (${tenant.org}, ${key.publicKey}, ${key.sealedPrivateKey}, ${now})
    on conflict (org_id) do nothing`);
}

function fromRow(row: Row): WebhookConfig {
  return {
    id: row.id,
    name: row.name,
    eventName: row.event_name,
    enabled: row.enabled,
    definition: row.definition,
    sealedAuth: row.auth,
    sealedSigningSecret: row.signing_secret,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
