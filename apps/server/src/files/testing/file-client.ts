import { type TestAnswer, type TestJson, type TestServer, testServer } from '../../testing/test-server.ts';

/** The bytes of a small PDF. */
export const PDF = Buffer.from('%PDF-1.7\nThe invoice of March, page one of one.');
export const MINUTE = 60_000;

interface OpenOptions {
  readonly method?: 'GET' | 'PUT' | 'HEAD';
  readonly body?: Buffer;
  readonly headers?: Record<string, string>;
}

/** An organisation whose staff upload and download files. */
export class FileClient {
  readonly server: TestServer;
  readonly org: string;
  readonly token: string;

  private constructor(server: TestServer, org: string, token: string) {
    this.server = server;
    this.org = org;
    this.token = token;
  }

  static async start(): Promise<FileClient> {
    const server = await testServer();
    const { org, token } = await server.organisation();
    return new FileClient(server, org, token);
  }

  ask(method: string, path: string, body?: unknown, token = this.token): Promise<TestAnswer> {
    return this.server.request(method, path, { token, body });
  }

  /** A request without a token to an address that the server gave out. */
  async open(url: unknown, { method = 'GET', body, headers }: OpenOptions = {}) {
    const { pathname, search } = new URL(String(url));
    const answer = await this.server.busbar.http.inject({
      method,
      url: `${pathname}${search}`,
      headers: { ...(body ? { 'content-type': 'application/octet-stream' } : {}), ...headers },
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
  }

  /** Announces an upload and sends its bytes. */
  async upload(filename: string, bytes = PDF) {
    const issued = await this.ask('POST', '/v2/files/upload', { filename });
    const put = await this.open(issued.body['upload_url'], { method: 'PUT', body: bytes });
    return { s3ref: issued.body['s3ref'], uploadUrl: issued.body['upload_url'], put };
  }

  save(body: object, query = '', token = this.token): Promise<TestAnswer> {
    return this.ask('POST', `/v2/files${query}`, body, token);
  }

  /** A PDF, uploaded and saved with further attributes. */
  async savedFile(attributes: object = {}, filename = 'Rechnung März.pdf'): Promise<TestJson> {
    const { s3ref } = await this.upload(filename);
    const saved = await this.save({ filename, s3ref, ...attributes });
    if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
    return saved.body;
  }

  async downloadUrl(id: unknown, query = ''): Promise<unknown> {
    return (await this.ask('GET', `/v1/files/${String(id)}/download${query}`)).body['download_url'];
  }

  /** Does something with the clock moved forwards. */
  async later<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
    const { clock } = this.server;
    const before = clock.now();
    clock.advance(milliseconds);
    try {
      return await work();
    } finally {
      clock.set(before);
    }
  }
}
