import { type TestAnswer, type TestServer, testServer } from '../../../testing/test-server.ts';

/** A utility with a portal and a customer who is signed in to it. */
export interface PortalCustomer {
  readonly server: TestServer;
  readonly org: string;
  readonly admin: string;
  readonly portalId: string;
  readonly contactId: string;
  readonly portalUserId: string;
  /** The customer's token. */
  readonly token: string;
  /** Creates an entity as staff; answers its id. */
  create(schema: string, attributes: object): Promise<string>;
  /** Asks as the customer. */
  ask(method: string, path: string, body?: unknown): Promise<TestAnswer>;
  /** Adds another customer of the same portal. */
  another(): Promise<{ readonly contactId: string; readonly portalUserId: string; readonly token: string }>;
}

/** The relation attribute value that names some entities. */
export function relatedTo(...ids: readonly string[]) {
  return { $relation: ids.map((id) => ({ entity_id: id })) };
}

/** Sets up an organisation, a portal with this configuration, and a customer. */
export async function portalCustomer(config: object = {}): Promise<PortalCustomer> {
  const server = await testServer();
  const { org, token: admin } = await server.organisation();
  const portal = await server.request('POST', '/v3/portal/config', {
    token: admin,
    body: { origin: 'END_CUSTOMER_PORTAL', name: 'Mein Portal', enabled: true, ...config },
  });
  if (portal.status !== 201) throw new Error(JSON.stringify(portal.body));
  const portalId = String(portal.body['portal_id']);
  const create = async (schema: string, attributes: object) => {
    const answer = await server.request('POST', `/v1/entity/${schema}`, { token: admin, body: attributes });
    if (answer.status >= 300) throw new Error(`${schema}: ${JSON.stringify(answer.body)}`);
    return String(answer.body['_id']);
  };
  const another = async () => {
    const contactId = await create('contact', { first_name: 'Kim', last_name: 'Petersen' });
    const portalUserId = await create('portal_user', {
      portal_id: portalId,
      email: [{ email: `${contactId}@example.org` }],
      origin: 'END_CUSTOMER_PORTAL',
      access_status: true,
      registration_status: 'Registered',
      mapping_status: 'Mapped',
      mapped_contact: relatedTo(contactId),
    });
    const { id_token: token } = await server.busbar.rooms.identity.issuePortalToken(portalId, portalUserId);
    return { contactId, portalUserId, token };
  };
  const customer = await another();
  return {
    server,
    org,
    admin,
    portalId,
    ...customer,
    create,
    another,
    ask: (method, path, body) => server.request(method, path, { token: customer.token, body }),
  };
}
