import { pino } from 'pino';
import { type Busbar, createBusbar } from '../composition/busbar.ts';
import {
  createMemoryOutbox,
  createSettableClock,
  type Dns,
  type MailOutbox,
  type SettableClock,
} from '../ports/index.ts';
import { readSettings } from '../settings.ts';
import { testDatabase, testOrganisation } from './test-database.ts';

/** What a test asks the server: the JSON answer, its status and headers. */
export interface TestAnswer {
  readonly status: number;
  // Tests look into answers of every shape; what they expect there is asserted, not typed.
  readonly body: TestJson;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** JSON that tests may walk freely. */
export interface TestJson {
  readonly [member: string]: TestJson;
  readonly [index: number]: TestJson;
}

/** The whole server on the test database, without a port: requests are injected, jobs run when a test says so. */
export interface TestServer {
  readonly busbar: Busbar;
  readonly mails: MailOutbox;
  readonly clock: SettableClock;
  /** A request with a token (or none). `body` is sent as JSON. */
  request(
    method: string,
    path: string,
    options?: { token?: string | undefined; body?: unknown; headers?: Record<string, string> },
  ): Promise<TestAnswer>;
  /** Does all jobs that are due, and what follows from them. */
  work(): Promise<void>;
  /** A new organisation with roles and core schemas, and an admin token with the role `owner`. */
  organisation(): Promise<{ org: string; token: string }>;
}

let started: Promise<TestServer> | undefined;

/** The server under test, one per worker. Its clock stands still at the start of the run until a test moves it; set it back afterwards. */
export function testServer(): Promise<TestServer> {
  started ??= ownTestServer();
  return started;
}

/** A server of the test's own on the shared database, for settings and ports that the shared one does not have; close its `busbar`. */
export async function ownTestServer({
  environment = {},
  dns,
}: {
  readonly environment?: Readonly<Record<string, string>>;
  readonly dns?: Dns;
} = {}): Promise<TestServer> {
  const clock = createSettableClock(new Date());
  const mails = createMemoryOutbox({ clock });
  const settings = readSettings({
    BUSBAR_DATA: 'memory://',
    BUSBAR_BASE_URL: 'http://busbar.test',
    BUSBAR_LOG_LEVEL: 'silent',
    BUSBAR_ALLOWED_EGRESS: '127.0.0.0/8',
    // The clock stands still in tests, so no bucket would ever fill up again.
    BUSBAR_MUTATIONS_PER_MINUTE: '1000000',
    BUSBAR_SEARCHES_PER_MINUTE: '1000000',
    BUSBAR_ERP_REQUESTS_PER_MINUTE: '1000000',
    BUSBAR_SECURE_LINKS: '127.0.0.1',
    ...environment,
  });
  const database = await testDatabase();
  const busbar = await createBusbar(settings, pino({ level: 'silent' }), {
    storage: { database, migrated: [], close: async () => undefined },
    ports: { clock, mailer: mails, ...(dns ? { dns } : {}) },
  });
  await busbar.http.ready();
  return {
    busbar,
    mails,
    clock,
    async request(method, path, { token, body, headers = {} } = {}) {
      const answer = await busbar.http.inject({
        method: method as 'GET',
        url: path,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const isJson = String(answer.headers['content-type'] ?? '').includes('json') && answer.body !== '';
      return {
        status: answer.statusCode,
        body: isJson ? answer.json<TestJson>() : toJson(answer.body),
        headers: answer.headers,
      };
    },
    work: () => busbar.workers.drain(),
    async organisation() {
      const org = testOrganisation();
      await busbar.rooms.createOrganisation(org, `Utility ${org}`);
      return { org, token: await busbar.rooms.identity.issueAdminToken(org) };
    },
  };
}

/** A body that is no JSON, as the text it is. */
function toJson(text: string): TestJson {
  return JSON.parse(JSON.stringify(text));
}
