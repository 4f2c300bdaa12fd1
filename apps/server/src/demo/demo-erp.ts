import { readFile } from 'node:fs/promises';
import type { DemoAnswer, DemoClient } from './demo-client.ts';

interface Setup {
  readonly environment: readonly { readonly key: string; readonly type: string; readonly value: string }[];
  readonly webhooks: readonly { readonly ref: string; readonly [member: string]: unknown }[];
  readonly events_enabled: readonly string[];
  readonly schemas: readonly {
    readonly slug: string;
    readonly attributes: readonly { readonly name: string }[];
  }[];
}

interface Events {
  readonly batches: readonly { readonly events: readonly unknown[]; readonly [member: string]: unknown }[];
}

/** Where the data says that the ERP answers. */
const ERP_URL = 'http://127.0.0.1:4810';
const FOLDER = new URL('../../../../demo/erp/', import.meta.url);

/**
 * Sets up the ERP's integration and pushes everything it has to say, in order (demo/erp/README.md). What an interrupted start has done already
 * is found and left as it is; events carry deduplication ids.
 */
export async function loadErp(
  client: DemoClient,
  erpUrl: string,
): Promise<{ integrationId: string; events: number }> {
  const setup = await readSetup(erpUrl);
  const { items } = await client.send('GET', '/v1/environments');
  for (const variable of setup.environment) {
    if (!named(items, 'key', variable.key)) await client.send('POST', '/v1/environments', variable);
  }
  for (const event of setup.events_enabled)
    await client.send('PATCH', `/v1/events/${event}`, { enabled: true });
  for (const { slug, attributes } of setup.schemas) await ensureAttributes(client, slug, attributes);
  const integrationId = await ensureIntegration(client, setup);
  const { batches }: Events = JSON.parse(await readFile(new URL('events.json', FOLDER), 'utf8'));
  for (const batch of batches) {
    await client.send('POST', '/v3/erp/updates/events', { ...batch, integration_id: integrationId });
  }
  return { integrationId, events: batches.reduce((sum, batch) => sum + batch.events.length, 0) };
}

/** Tells the utility that its ERP has moved: what still names the former address names the new one from now on. */
export async function moveErp(client: DemoClient, from: string, to: string): Promise<void> {
  const { items } = await client.send('GET', '/v1/environments');
  for (const { key, value } of (await readSetup(from)).environment) {
    if (!value.startsWith(from) || named(items, 'key', key)?.['value'] !== value) continue;
    await client.send('PUT', `/v1/environments/${key}`, { value: to + value.slice(from.length) });
  }
  const listed: unknown = await client.send('GET', '/v1/webhooks/configs');
  const configs: readonly DemoAnswer[] = Array.isArray(listed) ? listed : [];
  for (const config of configs) {
    const { id, url } = config;
    if (typeof url !== 'string' || !url.startsWith(`${from}/`)) continue;
    await client.send('PUT', `/v1/webhooks/configs/${id}`, { ...config, url: to + url.slice(from.length) });
  }
}

async function readSetup(erpUrl: string): Promise<Setup> {
  const text = await readFile(new URL('setup.json', FOLDER), 'utf8');
  return JSON.parse(text.replaceAll(ERP_URL, erpUrl));
}

/** Adds the utility's own attributes to a schema that exists. */
async function ensureAttributes(
  client: DemoClient,
  slug: string,
  wanted: readonly { readonly name: string }[],
): Promise<void> {
  const { version: _version, ...schema } = await client.send('GET', `/v1/entity/schemas/${slug}`);
  const missing = wanted.filter(({ name }) => !named(schema['attributes'], 'name', name));
  if (missing.length === 0) return;
  const existing = Array.isArray(schema['attributes']) ? schema['attributes'] : [];
  const attributes = [...existing, ...missing];
  await client.send('PUT', `/v1/entity/schemas/${slug}`, { ...schema, attributes });
}

async function ensureIntegration(client: DemoClient, setup: Setup): Promise<string> {
  let text = await readFile(new URL('integration.json', FOLDER), 'utf8');
  const configs = await client.send('GET', '/v1/webhooks/configs');
  for (const { ref, ...webhook } of setup.webhooks) {
    const { id } =
      named(configs, 'name', webhook['name']) ?? (await client.send('POST', '/v1/webhooks/configs', webhook));
    text = text.replaceAll(`\${webhook:${ref}}`, String(id));
  }
  const wanted: { readonly name: string } = JSON.parse(text);
  const { integrations } = await client.send('GET', '/v1/integrations');
  const { id } =
    named(integrations, 'name', wanted.name) ?? (await client.send('POST', '/v2/integrations', wanted));
  return String(id);
}

function named(list: unknown, member: string, value: unknown): DemoAnswer | undefined {
  return Array.isArray(list) ? list.find((one) => one[member] === value) : undefined;
}

/** Throws when the pipeline could not apply an event: the demo data is ours, so that is a mistake of ours. */
export async function refuseFailedEvents(client: DemoClient, integrationId: string): Promise<void> {
  const path = `/v1/integrations/${integrationId}/monitoring/inbound-events`;
  const { data } = await client.send('POST', path, { status: 'error', limit: 1 });
  if (Array.isArray(data) && data.length > 0)
    throw new Error(`A demo event failed: ${JSON.stringify(data[0])}`);
}
