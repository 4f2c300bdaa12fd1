import { randomUUID } from 'node:crypto';
import { type TestAnswer, type TestJson, type TestServer, testServer } from '../../../testing/test-server.ts';
import { Portals } from '../portals.ts';

/** An organisation with an administrator, and what tests of portals do in it. */
export interface PortalFixture {
  readonly server: TestServer;
  readonly org: string;
  readonly token: string;
  readonly portals: Portals;
  /** Asks as the administrator. */
  ask(method: string, path: string, body?: unknown): Promise<TestAnswer>;
  /** Asks without a token. */
  askPublicly(path: string): Promise<TestAnswer>;
  /** Creates a portal, switched on unless the fields say otherwise; answers its configuration. */
  portal(fields?: Readonly<Record<string, unknown>>): Promise<TestJson>;
  /** Creates a contact with a portal user who is mapped to it; answers their token and ids. */
  user(
    portalId: string,
    attributes?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly token: string; readonly contactId: string; readonly portalUserId: string }>;
  /** A token of a 360 user's making with a role that has exactly these grants. */
  staff(grants: readonly string[]): Promise<string>;
}

/** A new organisation on the server under test. */
export async function portalFixture(): Promise<PortalFixture> {
  const server = await testServer();
  const { org, token } = await server.organisation();
  const { identity } = server.busbar.rooms;
  const ask = (method: string, path: string, body?: unknown) => server.request(method, path, { token, body });
  const create = async (path: string, body: unknown) => {
    const answer = await ask('POST', path, body);
    if (answer.status > 201)
      throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    server,
    org,
    token,
    portals: new Portals(server.busbar.storage.database),
    ask,
    askPublicly: (path) => server.request('GET', path),
    portal: (fields = {}) =>
      create('/v3/portal/config', { origin: 'ADDITIONAL_PORTAL', name: 'Portal', enabled: true, ...fields }),
    async user(portalId, attributes = {}) {
      const contact = await create('/v1/entity/contact', { first_name: 'Kim', ...attributes });
      const contactId = String(contact['_id']);
      const user = await create('/v1/entity/portal_user', {
        portal_id: portalId,
        email: [{ email: `${randomUUID()}@example.org` }],
        registration_status: 'Registered',
        mapping_status: 'Mapped',
        mapped_contact: { $relation: [{ entity_id: contactId }] },
      });
      const portalUserId = String(user['_id']);
      const tokens = await identity.issuePortalToken(portalId, portalUserId);
      return { token: tokens.id_token, contactId, portalUserId };
    },
    async staff(grants) {
      const slug = `role_${randomUUID()}`;
      const id = `${org}:${slug}`;
      await server.busbar.storage.database.tenant(org).transaction((tx) =>
        identity.organisations.putRole(tx, {
          ...{ id, slug, name: slug, type: 'user_role', parentRole: undefined, expiresAt: undefined },
          grants: grants.map((action) => ({ action })),
        }),
      );
      const made = await identity.tokens.createForInstallation(org, { type: 'api', name: slug, roles: [id] });
      return made.token;
    },
  };
}
