import { ExpressionCage } from '@busbar/jsonata';
import fastify from 'fastify';
import { signCustomDownloadUrl, verifySignature } from '../../files/index.ts';
import { sendError } from '../../http/error-response.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';
import { fileProxyRoutes } from '../file-proxy/download-route.ts';
import { secureRoutes } from '../secure-proxy/find-secure-route.ts';
import { parseSecureLinks } from '../secure-proxy/secure-links.ts';

const BASE = 'http://busbar.test';

/** An answer of the proxy. */
export interface Download {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
  /** The code of an error. */
  readonly code: string | undefined;
}

/** The file proxy of an organisation with one integration. */
export interface FileProxyFixture {
  readonly server: TestServer;
  readonly org: string;
  readonly token: string;
  /** Creates an integration with one file proxy use case, slug `doc`; its id. */
  useCase(configuration: object, more?: object): Promise<string>;
  variable(key: string, value: string, type?: string): Promise<void>;
  /** A download URL, signed; parameters that are undefined are left out. */
  sign(params: Readonly<Record<string, string | undefined>>): string;
  get(path: string, headers?: Record<string, string>): Promise<Download>;
  /** Opens a port of its own; its base URL. */
  listen(): Promise<string>;
  /** Signs and gets. */
  download(integrationId: string, params?: Record<string, string | undefined>): Promise<Download>;
  close(): Promise<void>;
}

export async function fileProxyFixture(options: { totalMs?: number } = {}): Promise<FileProxyFixture> {
  const server = await testServer();
  const { org, token } = await server.organisation();
  const cage = new ExpressionCage();
  const app = fastify();
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  const { ports, storage } = server.busbar;
  await app.register(
    fileProxyRoutes({
      database: storage.database,
      clock: server.clock,
      egress: ports.egress,
      secrets: ports.secrets,
      evaluatorOf: (owner) => cage.forTenant(owner),
      secureRoute: secureRoutes(parseSecureLinks(['127.0.0.1'])),
      base: BASE,
      isSigned: (owner, url) => verifySignature(ports.secrets, owner, url, server.clock.now()),
      isOpenTo: async () => false,
      ...options,
    }),
  );
  const fixture: FileProxyFixture = {
    server,
    org,
    token,
    async useCase(configuration, more = {}) {
      const useCase = { name: 'Doc', slug: 'doc', type: 'file_proxy', enabled: true, configuration, ...more };
      const answer = await server.request('POST', '/v2/integrations', {
        token,
        body: { name: 'ERP', use_cases: [useCase] },
      });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return String(answer.body['id']);
    },
    async variable(key, value, type = 'String') {
      const answer = await server.request('POST', '/v1/environments', { token, body: { key, type, value } });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    },
    sign(params) {
      const url = new URL('/download', BASE);
      for (const [name, value] of Object.entries(params))
        if (value !== undefined) url.searchParams.set(name, value);
      const signed = new URL(
        signCustomDownloadUrl(ports.secrets, params['orgId'] ?? '', url.href, server.clock.now()),
      );
      return signed.pathname + signed.search;
    },
    async get(path, headers = {}) {
      const answer = await app.inject({ method: 'GET', url: path, headers });
      const isError = answer.statusCode >= 400;
      return {
        status: answer.statusCode,
        headers: answer.headers,
        bytes: answer.rawPayload,
        code: isError ? answer.json<{ code: string }>().code : undefined,
      };
    },
    listen: () => app.listen({ port: 0, host: '127.0.0.1' }),
    download: (integrationId, params = {}) =>
      fixture.get(fixture.sign({ orgId: org, integrationId, useCaseSlug: 'doc', ...params })),
    async close() {
      await app.close();
      await cage.close();
    },
  };
  return fixture;
}
