import { verify } from 'node:crypto';
import { expect, inject } from 'vitest';
import { DEMO_ORGANISATION } from '../../apps/server/src/demo/demo-portals.ts';
import type { ReceivedCall } from '../../apps/server/src/demo/stand-in-erp.ts';
import { sdkClients, signIn } from '../clients.ts';
import { until } from '../until.ts';

type Clients = ReturnType<typeof sdkClients>;

/** JSON that a webhook carried. */
interface Told {
  readonly [member: string]: unknown;
}

/** A webhook call whose signature was checked. */
interface HeardCall {
  readonly id: string;
  readonly body: Told;
}

/** The demo utility as a journey meets it: staff, the people of its portals, and its ERP. */
export interface DemoUtility {
  readonly url: string;
  readonly staff: Clients;
  /** Signs somebody in to a portal with the password that the demo gives everybody. */
  signedIn(origin: string, account: { readonly email: string; readonly password: string }): Promise<Clients>;
  /**
   * Waits until the ERP was told at a path of what `isIt` describes, and answers it. Throws unless it came signed and exactly once: one delivery was
   * ever made for it, and it was received once.
   */
  heardOnce(path: string, isIt: (told: Told) => boolean): Promise<Told>;
}

/** Reaches the server that all journeys share. */
export function demoUtility(): DemoUtility {
  const { url, erpUrl, adminToken } = inject('demo');
  const staff = sdkClients(url, adminToken);
  return {
    url,
    staff,
    async signedIn(origin, { email, password }) {
      const { data } = await staff.portal.listAllPortalConfigs();
      const portal = data.data?.find((one) => one.origin === origin);
      if (!portal?.portal_id) throw new Error(`The demo utility has no portal ${origin}`);
      return sdkClients(url, await signIn(url, portal.portal_id, email, password));
    },
    async heardOnce(path, isIt) {
      const matching = async () => (await heard(url, erpUrl, path)).filter(({ body }) => isIt(body));
      const first = await until(`the ERP hears of it at ${path}`, async () => (await matching())[0]);
      await everythingSoFarIsPlanned(staff, url, erpUrl);
      const deliveries = (await deliveriesTo(staff, path)).filter((body) => isIt(body));
      expect(deliveries).toEqual([first.body]);
      expect((await matching()).map(({ id }) => id)).toEqual([first.id]);
      return first.body;
    },
  };
}

/** What the ERP received at a path so far, each signature checked with the organisation's public key. */
async function heard(url: string, erpUrl: string, path: string): Promise<HeardCall[]> {
  const publicKey = await fetch(`${url}/v1/webhooks/.well-known/public-key?orgId=${DEMO_ORGANISATION}`);
  const { public_key: pem }: { public_key: string } = JSON.parse(await publicKey.text());
  const received: ReceivedCall[] = JSON.parse(await (await fetch(`${erpUrl}/erp/received`)).text());
  return received
    .filter((call) => call.path === path)
    .map(({ headers, body }) => {
      const id = String(headers['webhook-id']);
      const [, signature = ''] = /^v1a,(\S+) v1,/.exec(String(headers['webhook-signature'])) ?? [];
      const content = Buffer.from(`${id}.${headers['webhook-timestamp']}.${body}`);
      expect(verify(null, content, pem, Buffer.from(signature, 'base64'))).toBe(true);
      return { id, body: JSON.parse(body) };
    });
}

let fences = 0;

/**
 * Events of an organisation are planned in the order in which they arose: when the ERP hears of an event that staff raise now, everything
 * that was to be delivered for earlier ones has been planned.
 */
async function everythingSoFarIsPlanned(staff: Clients, url: string, erpUrl: string): Promise<void> {
  fences += 1;
  const fence = `fence-${process.pid}-${fences}`;
  await staff.events.triggerEvent('EntityUpdatedFromPortal', {
    fields: { activity: { payload: { step_id: fence } } },
  });
  await until('the ERP hears of the fence', async () =>
    (await heard(url, erpUrl, '/erp/vorgang')).find(({ body }) => body['schritt'] === fence),
  );
}

/** The bodies of all messages that were ever made for the webhook at a path, whatever became of them. */
async function deliveriesTo(staff: Clients, path: string): Promise<Told[]> {
  const { data: configs } = await staff.webhooks.getConfigs();
  const config = configs.find((one) => one.url?.endsWith(path));
  if (!config?.id) throw new Error(`No webhook goes to ${path}`);
  const bodies: Told[] = [];
  let cursor: { created_at?: string; event_id?: string } | undefined;
  do {
    const page = { limit: 25, ...(cursor ? { cursor } : {}) };
    const { data } = await staff.webhooks.getWebhookEventsV2(config.id, page);
    for (const { payload } of data.data ?? []) if (payload !== undefined) bodies.push(JSON.parse(payload));
    cursor = data.next_cursor ?? undefined;
  } while (cursor);
  return bodies;
}
