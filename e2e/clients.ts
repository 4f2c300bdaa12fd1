import { createRequire } from 'node:module';
import { createClient as createPortalClient } from '@epilot/sdk/customer-portal';
import { createClient as createEntityClient } from '@epilot/sdk/entity';
import { createClient as createEventsClient } from '@epilot/sdk/event-catalog';
import { createClient as createFileClient } from '@epilot/sdk/file';
import { createClient as createToolkitClient } from '@epilot/sdk/integration-toolkit';
import { createClient as createPricingClient } from '@epilot/sdk/pricing';
import { createClient as createWebhooksClient } from '@epilot/sdk/webhooks';

/** Version 2.2.7 of the SDK. Its modules cannot load a dependency of theirs on today's Node; `require` can. */
const erpSdk: typeof import('epilot-sdk-2-2-7/erp-integration') = createRequire(import.meta.url)(
  'epilot-sdk-2-2-7/erp-integration',
);

/** The published SDK's clients, pointed at our server by changing the base URL and nothing else. */
export function sdkClients(url: string, token: string) {
  const clients = {
    portal: createPortalClient(),
    pricing: createPricingClient(),
    toolkit: createToolkitClient(),
    /** The ERP Integration API under its former name, as of version 2.2.7 of the SDK. */
    erp: erpSdk.createClient(),
    entity: createEntityClient(),
    webhooks: createWebhooksClient(),
    events: createEventsClient(),
    file: createFileClient(),
  };
  for (const client of Object.values(clients)) {
    client.defaults.baseURL = url;
    client.defaults.headers.common['authorization'] = `Bearer ${token}`;
  }
  return clients;
}

/** Signs a portal customer in with their password, as a portal's sign-in page does, and answers the id token. */
export async function signIn(
  url: string,
  portalId: string,
  email: string,
  password: string,
): Promise<string> {
  const answer = await fetch(`${url}/idp/portals/${portalId}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', username: email, password, client_id: portalId }),
  });
  const body: unknown = await answer.json();
  if (!answer.ok || typeof body !== 'object' || body === null || !('id_token' in body)) {
    throw new Error(`Sign-in answered ${answer.status}: ${JSON.stringify(body)}`);
  }
  return String(body.id_token);
}
