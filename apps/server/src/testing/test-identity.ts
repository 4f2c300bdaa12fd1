import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { sendError } from '../http/error-response.ts';
import {
  createIdentity,
  type Identity,
  readSignInSettings,
  type StaffSignInSettings,
} from '../identity/index.ts';
import {
  createEgress,
  createMemoryOutbox,
  createSecretBox,
  createSettableClock,
  createSystemDns,
  type MailOutbox,
  parseAllowedTargets,
  type SettableClock,
} from '../ports/index.ts';

import { type Database, json, sql } from '../storage/index.ts';
import { testDatabase, testOrganisation } from './test-database.ts';

/** One master key for every test: signing keys are shared by all who use the test database. */
export const testSecrets = createSecretBox([{ id: '00112233445566ff', bytes: new Uint8Array(32).fill(7) }]);

/** What tests need to put portals and users into an organisation. */
export interface TestGround {
  readonly database: Database;
  readonly clock: SettableClock;
  readonly identity: Identity;
  readonly org: string;
}

export interface TestIdentity extends TestGround {
  readonly outbox: MailOutbox;
  /** A server with the sign-in routes only. */
  readonly app: FastifyInstance;
}

/** The base URL of test identities. */
export const TEST_BASE_URL = 'https://api.busbar.example';

/** An identity of its own organisation, with a clock that stands still and mails that stay. */
export async function testIdentity(
  overrides: { readonly baseUrl?: string; readonly staffSignIn?: StaffSignInSettings } = {},
): Promise<TestIdentity> {
  const database = await testDatabase();
  const clock = createSettableClock(new Date('2027-03-10T09:00:00.000Z'));
  const outbox = createMemoryOutbox({ clock });
  const identity = createIdentity({
    database,
    clock,
    secrets: testSecrets,
    mailer: outbox,
    mailFrom: { address: 'noreply@busbar.example' },
    egress: createEgress({ dns: createSystemDns(), allow: parseAllowedTargets('127.0.0.1') }),
    ...(overrides.staffSignIn ? { staffSignIn: overrides.staffSignIn } : {}),
    baseUrl: overrides.baseUrl ?? TEST_BASE_URL,
    report: (error) => {
      throw error;
    },
  });
  const org = testOrganisation();
  await identity.organisations.create(org, { name: 'Stadtwerke Musterstadt' });
  const app = fastify();
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  await identity.signInRoutes(app);
  return { database, clock, outbox, identity, org, app };
}

/** Adds a portal with a domain of its own; answers its id. */
export async function addPortal(
  { database, org, clock }: TestGround,
  options: { config?: Record<string, unknown>; enabled?: boolean; origin?: string } = {},
): Promise<{ portalId: string; domain: string }> {
  const portalId = randomUUID();
  const domain = `${portalId}.portal.example`;
  const tenant = database.tenant(org);
  await tenant.run(sql`
    insert into portal (org_id, portal_id, origin, enabled, config, created_at)
    values (${org}, ${portalId}, ${options.origin ?? 'END_CUSTOMER_PORTAL'}, ${options.enabled ?? true},
            ${json(options.config ?? {})}::jsonb, ${clock.now()})`);
  await tenant.run(
    sql`insert into portal_domain (org_id, domain, portal_id) values (${org}, ${domain}, ${portalId})`,
  );
  return { portalId, domain };
}

export interface TestPortalUser {
  readonly portalUserId: string;
  readonly contactId: string;
  readonly email: string;
  readonly password: string;
}

/** Adds a contact and a mapped portal user with a password; `attributes` override the user's. */
export async function addPortalUser(
  { database, org, clock, identity }: TestGround,
  portalId: string,
  attributes: Record<string, unknown> = {},
  options: { withCredential?: boolean } = {},
): Promise<TestPortalUser> {
  const [portalUserId, contactId] = [randomUUID(), randomUUID()];
  const email = `${portalUserId}@example.org`;
  const password = `Pa55word!-${portalUserId}`;
  const tenant = database.tenant(org);
  const insertEntity = (id: string, schema: string, doc: object) =>
    tenant.run(sql`
      insert into entity (org_id, id, schema, doc, created_at, updated_at)
      values (${org}, ${id}, ${schema}, ${json(doc)}::jsonb, ${clock.now()}, ${clock.now()})`);
  await insertEntity(contactId, 'contact', { first_name: 'Kim' });
  await insertEntity(portalUserId, 'portal_user', {
    portal_id: portalId,
    email: [{ email, _tags: ['primary'] }],
    registration_status: 'Registered',
    mapping_status: 'Mapped',
    mapped_contact: { $relation: [{ entity_id: contactId }] },
    ...attributes,
  });
  if (options.withCredential !== false) {
    const portal = await identity.portalDirectory.portal(portalId);
    const { passwordPolicy } = readSignInSettings(portalId, portal?.config);
    const stored = await identity.accounts.hashPassword({ org, portalId }, password, passwordPolicy);
    await tenant.transaction((tx) =>
      identity.accounts.createPortalAccount(tx, {
        portalId,
        portalUserId,
        email,
        password: stored,
        emailVerified: true,
      }),
    );
  }
  return { portalUserId, contactId, email, password };
}

/** Changes attributes of a stored entity. */
export async function patchStoredEntity(
  { database, org }: TestGround,
  id: string,
  attributes: Record<string, unknown>,
): Promise<void> {
  await database
    .tenant(org)
    .run(sql`update entity set doc = doc || ${json(attributes)}::jsonb where org_id = ${org} and id = ${id}`);
}
