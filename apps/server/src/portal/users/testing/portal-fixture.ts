import { sql } from '../../../storage/index.ts';
import { type TestAnswer, type TestServer, testServer } from '../../../testing/test-server.ts';

/** A portal of an organisation of its own, behind the whole server. */
export interface PortalFixture {
  readonly server: TestServer;
  readonly org: string;
  readonly admin: string;
  readonly portalId: string;
  readonly domain: string;
  /** A password that the default rules take. */
  readonly password: string;
  /** Registers somebody through `createUserV3`. */
  register(body: Record<string, unknown>): Promise<TestAnswer>;
  /** Does what is due and answers the newest mail to an address. */
  mailTo(address: string): Promise<{ subject: string; text: string; html: string; link: string }>;
  /** How many mails an address got. */
  mailsTo(address: string): Promise<number>;
  /** Posts to the portal's sign-in. */
  signIn(path: string, form: Record<string, string>, token?: string): Promise<TestAnswer>;
  /** Registers, confirms and signs in; answers the id token. */
  member(email: string, more?: Record<string, unknown>): Promise<string>;
  createEntity(schema: string, attributes: Record<string, unknown>): Promise<string>;
  entity(schema: string, id: string): Promise<TestAnswer>;
  /** The portal user entities with an address. */
  users(email: string): Promise<readonly Record<string, unknown>[]>;
}

/** Creates a portal with its own organisation; `config` as an administrator would send it. */
export async function portalFixture(config: Record<string, unknown> = {}): Promise<PortalFixture> {
  const server = await testServer();
  const { org, token: admin } = await server.organisation();
  return fixtureIn(server, org, admin, config);
}

/** A further portal in the same organisation. */
export function secondPortal(
  { server, org, admin }: PortalFixture,
  config: Record<string, unknown> = {},
): Promise<PortalFixture> {
  return fixtureIn(server, org, admin, { origin: 'ADDITIONAL_PORTAL', ...config });
}

async function fixtureIn(
  server: TestServer,
  org: string,
  admin: string,
  config: Record<string, unknown>,
): Promise<PortalFixture> {
  const sent = { origin: 'END_CUSTOMER_PORTAL', name: 'Mein Stadtwerk', enabled: true, ...config };
  const created = await server.request('POST', '/v3/portal/config', { token: admin, body: sent });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  const portalId = String(created.body['portal_id']);
  const domain = String(created.body['domain']);
  const password = 'Lang-genug-42!';

  const mailsTo = async (address: string) => {
    await server.work();
    await server.busbar.rooms.identity.idle();
    return (await server.mails.list(1_000)).filter((mail) => mail.to[0]?.address === address);
  };
  const fixture: PortalFixture = {
    ...{ server, org, admin, portalId, domain, password },
    register: (body) =>
      server.request('POST', `/v3/portal/public/user?portal_id=${portalId}`, {
        body: { orgId: org, password, ...body },
      }),
    async mailTo(address) {
      const [mail] = await mailsTo(address);
      if (!mail) throw new Error(`No mail to ${address}`);
      const link = /https?:\/\/\S+/.exec(mail.text)?.[0] ?? '';
      return { subject: mail.subject, text: mail.text, html: mail.html, link };
    },
    mailsTo: async (address) => (await mailsTo(address)).length,
    signIn: (path, form, token) =>
      server.request('POST', `/idp/portals/${portalId}${path}`, { body: form, token }),
    async member(email, more = {}) {
      const registered = await fixture.register({ email, ...more });
      if (registered.status !== 201) throw new Error(JSON.stringify(registered.body));
      const { link } = await fixture.mailTo(email);
      await server.request('GET', `${new URL(link).pathname}${new URL(link).search}&use_redirect=false`);
      return signInWithPassword(fixture, email);
    },
    async createEntity(schema, attributes) {
      const answer = await server.request('POST', `/v1/entity/${schema}`, { token: admin, body: attributes });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return String(answer.body['_id']);
    },
    entity: (schema, id) =>
      server.request('GET', `/v1/entity/${schema}/${id}?hydrate=false`, { token: admin }),
    async users(email) {
      const rows = await server.busbar.storage.database.tenant(org).query<{ id: string; doc: object }>(sql`
        select id, doc from entity
         where org_id = ${org} and schema = 'portal_user' and deleted_at is null and lower(doc #>> '{email,0,email}') = ${email}`);
      return rows.map(({ id, doc }) => ({ _id: id, ...doc }));
    },
  };
  return fixture;
}

/** Signs in with the fixture's password; answers the id token. */
export async function signInWithPassword(fixture: PortalFixture, email: string): Promise<string> {
  const { portalId, password } = fixture;
  const form = { grant_type: 'password', username: email, password, client_id: portalId };
  const answer = await fixture.signIn('/oauth2/token', form);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return String(answer.body['id_token']);
}
