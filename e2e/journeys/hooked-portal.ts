import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { DEMO_ORGANISATION } from '../../apps/server/src/demo/demo-portals.ts';
import { sdkClients, signIn } from '../clients.ts';
import { HIDDEN, SECRET, type StandInHookApp, standInHookApp } from '../stand-in-hook-app.ts';
import { until } from '../until.ts';

type Clients = ReturnType<typeof sdkClients>;

export const PASSWORD = 'Kundenportal-2026!';

/** A customer who registered at the portal, was identified by the app, confirmed the address and signed in. */
export interface HookedCustomer extends Clients {
  readonly contactId: string;
  readonly email: string;
  readonly customerNumber: string;
}

/** A portal of the demo utility that has switched on the extension of an app. */
export interface HookedPortal {
  readonly app: StandInHookApp;
  readonly staff: Clients;
  /** Nobody's clients. */
  readonly stranger: Clients;
  readonly portalId: string;
  /** What names this portal in public operations. */
  readonly named: { readonly org_id: string; readonly portal_id: string };
  readonly appId: string;
  readonly extensionId: string;
  /** Chooses a hook of an exclusive type. */
  choose(type: string, hookId?: string): Promise<void>;
  /** Installs a further app with these extensions. */
  install(extensions: readonly object[]): Promise<void>;
  /** Lets the portal call the app at another address. */
  moveApp(url: string): Promise<void>;
  /** Creates an entity as staff; answers its id. */
  create(slug: string, attributes: object): Promise<string>;
  customer(): Promise<HookedCustomer>;
  signIn(email: string, password?: string): Promise<Clients>;
  /** Everything the server has logged about this portal's hooks, after making sure that nothing hidden is in the whole log. */
  hookLog(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** The relation attribute value that names an entity. */
export const relatedTo = (id: string) => ({ $relation: [{ entity_id: id }] });

/** Creates the portal in the shared demo utility, beside those that other journeys use. */
export async function hookedPortal(): Promise<HookedPortal> {
  const { url, adminToken, logFile } = inject('demo');
  const app = await standInHookApp();
  const [staff, stranger] = [sdkClients(url, adminToken), sdkClients(url, '')];
  for (const client of Object.values(stranger)) delete client.defaults.headers.common['authorization'];
  const appId = `crm-${randomUUID()}`;
  const extensionId = `crm-${randomUUID()}`;
  const { app_name, extensions } = app.extensions;
  const own = { app_name, extensions: extensions.map((one) => ({ ...one, id: extensionId })) };
  await register(url, adminToken, appId, own);
  const { data: created } = await staff.portal.createPortalConfig(null, {
    origin: 'ADDITIONAL_PORTAL',
    name: 'Portal mit Erweiterung',
  });
  const portalId = String(created.portal_id);
  const chosen: Record<string, { app_id: string; extension_id: string; hook_id: string }> = {};
  let base = app.url;
  const save = async () => {
    await staff.portal.putPortalConfig(
      { portal_id: portalId },
      {
        enabled: true,
        self_registration_setting: 'DENY',
        registration_identifiers: [{ name: 'customer_number', schema: 'contact' }],
        contract_identifiers: [{ name: 'contract_number', schema: 'contract' }],
        allowed_portal_entities: ['contact', 'contract', 'meter', 'meter_counter'],
        extensions: [{ id: extensionId, status: 'enabled', options: { base, key: SECRET } }],
        extension_hooks: { ...chosen },
      },
    );
  };
  const choose = (type: string, hookId = type) => {
    chosen[type] = { app_id: appId, extension_id: extensionId, hook_id: hookId };
    return save();
  };
  const create = async (slug: string, attributes: object) =>
    String((await staff.entity.createEntity({ slug }, { ...attributes })).data._id);
  const signedIn = async (email: string, password = PASSWORD) =>
    sdkClients(url, await signIn(url, portalId, email, password));
  await choose('registrationIdentifiersCheck');
  let people = 0;
  return {
    ...{ app, staff, stranger, portalId, appId, extensionId, choose, create },
    named: { org_id: DEMO_ORGANISATION, portal_id: portalId },
    async moveApp(to) {
      base = to;
      await save();
    },
    signIn: signedIn,
    install: (more) => register(url, adminToken, `app-${randomUUID()}`, { extensions: more }),
    async customer() {
      people += 1;
      const customerNumber = `${portalId}-${people}`;
      const email = `kim-${people}@${portalId}.example`;
      const contactId = await create('contact', { last_name: 'Petersen', customer_number: customerNumber });
      app.says('/registrationIdentifiersCheck', { contact: contactId });
      await stranger.portal.createUserV3(
        { portal_id: portalId },
        {
          ...{ email, orgId: DEMO_ORGANISATION, password: PASSWORD },
          registration_identifiers: { contact: { customer_number: customerNumber } },
        },
      );
      await stranger.portal.confirmUser({
        confirmation_link_token: await mailedToken(url, email),
        use_redirect: false,
      });
      return { ...(await signedIn(email)), contactId, email, customerNumber };
    },
    async hookLog() {
      const log = await readFile(logFile, 'utf8');
      const seen = HIDDEN.filter((text) => log.includes(text));
      if (seen.length > 0) throw new Error(`The log contains ${seen.join(', ')}`);
      return log
        .split('\n')
        .filter((line) => line.startsWith('{') && line.includes(portalId))
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter(({ msg }) => msg === 'hook');
    },
    close: () => app.close(),
  };
}

async function register(url: string, adminToken: string, appId: string, body: object): Promise<void> {
  const installed = await fetch(`${url}/ext/v1/apps/${appId}/extensions`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!installed.ok) throw new Error(`The app was refused: ${installed.status} ${await installed.text()}`);
}

/** The token of the confirmation link that an address was mailed. */
function mailedToken(url: string, email: string): Promise<string> {
  return until(`a mail for ${email}`, async () => {
    const text = await (await fetch(`${url}/dev/mails`)).text();
    const { mails }: { mails: readonly unknown[] } = JSON.parse(text);
    const mail = mails.map((one) => JSON.stringify(one)).find((one) => one.includes(email));
    return mail === undefined ? undefined : /confirmation_link_token=([\w.-]+)/.exec(mail)?.[1];
  });
}
