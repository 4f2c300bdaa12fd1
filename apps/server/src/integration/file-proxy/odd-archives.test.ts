import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileProxyFixture, fileProxyFixture } from '../testing/file-proxy-fixture.ts';
import { openStandIn, type StandIn, type StandInAnswer } from '../testing/stand-in.ts';

let proxy: FileProxyFixture;
let archive: StandIn;
beforeEach(async () => {
  proxy = await fileProxyFixture();
  archive = await openStandIn();
});
afterEach(async () => {
  await proxy.close();
  await archive.close();
});

const FILE = Buffer.from('0123456789');
const CONTENT = { content: FILE.toString('base64') };
const answer = (body: string | Buffer, headers: Record<string, string> = {}): StandInAnswer => ({
  ...{ status: 200, headers: { 'content-type': 'application/json', ...headers }, body },
});
const fromJson = (more: object = {}, response: object = {}) => ({
  steps: [{ url: `${archive.url}/doc`, method: 'GET', response_type: 'json' }],
  response: { body: 'steps[0].body.content', encoding: 'base64', ...response },
  ...more,
});
const fromBytes = () => ({
  steps: [{ url: `${archive.url}/doc`, method: 'GET', response_type: 'binary' }],
  response: { body: 'steps[0].body', encoding: 'binary' },
});
const auth = () => ({
  ...{
    type: 'oauth2_client_credentials',
    token_url: `${archive.url}/token`,
    client_id: 'a',
    client_secret: 'b',
  },
});

describe('an archive', () => {
  it('may put a byte order mark before its JSON, and before that of its token', async () => {
    archive.answer = ({ path }) =>
      answer(`\ufeff${JSON.stringify(path === '/token' ? { access_token: 't' } : CONTENT)}`);
    const download = await proxy.download(await proxy.useCase(fromJson({ auth: auth() })));
    expect([download.status, download.bytes.toString()]).toEqual([200, '0123456789']);
  });

  it('may compress what it sends, read or passed on', async () => {
    archive.answer = () => answer(gzipSync(JSON.stringify(CONTENT)), { 'content-encoding': 'gzip' });
    expect((await proxy.download(await proxy.useCase(fromJson()))).bytes).toEqual(FILE);
    archive.answer = () => answer(gzipSync(FILE), { 'content-encoding': 'gzip' });
    const passed = await proxy.download(await proxy.useCase(fromBytes()));
    expect(passed.bytes).toEqual(FILE);
    expect(passed.headers).not.toHaveProperty('content-encoding');
  });

  it.each([[''], ['a b'], ['a\r\nx-admin: 1'], ['tökén']])(
    'that hands out %j as a token has handed out none',
    async (access_token) => {
      archive.answer = ({ path }) =>
        answer(JSON.stringify(path === '/token' ? { access_token, expires_in: 300 } : CONTENT));
      const download = await proxy.download(await proxy.useCase(fromJson({ auth: auth() })));
      expect(download).toMatchObject({ status: 502, code: 'OAUTH2_TOKEN_FAILURE' });
      expect(archive.received.map(({ path }) => path)).toEqual(['/token']);
    },
  );

  it('that answers endlessly nested JSON fails the download and nothing else', async () => {
    const deep = `{"content":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    archive.answer = () => answer(deep);
    for (const body of [
      '$string(steps[0].body)',
      'steps[0].body.**.x',
      '($f := function($x) { $f($x[0]) }; $f(steps[0].body))',
    ]) {
      const download = await proxy.download(await proxy.useCase(fromJson({}, { body })));
      expect(download).toMatchObject({ status: 502, code: 'FILE_EXTRACTION_FAILED' });
    }
  });
});

it('a part of a file is not to be had: every part would be fetched from the archive anew', async () => {
  archive.answer = () => answer(FILE);
  const id = await proxy.useCase(fromBytes());
  const link = proxy.sign({ orgId: proxy.org, integrationId: id, useCaseSlug: 'doc' });
  const whole = await proxy.get(link, { range: 'bytes=2-4' });
  expect([whole.status, whole.bytes.toString()]).toEqual([200, '0123456789']);
  expect(whole.headers).toMatchObject({ 'accept-ranges': 'none' });
  expect(archive.received[0]?.headers.range).toBeUndefined();
});

it('a download that nobody waits for any more is not fetched to its end', async () => {
  let closed: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const endless = createServer((_request, response) => {
    response.on('close', () => closed?.());
    response.writeHead(200, { 'content-type': 'application/pdf' });
    const send = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', send);
    send();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const address = endless.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const id = await proxy.useCase({
    steps: [{ url: `http://127.0.0.1:${port}/`, method: 'GET', response_type: 'binary' }],
    response: { body: 'steps[0].body', encoding: 'binary' },
  });
  const link = proxy.sign({ orgId: proxy.org, integrationId: id, useCaseSlug: 'doc' });
  const download = await fetch((await proxy.listen()) + link);
  const reader = download.body?.getReader();
  expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  await reader?.cancel();
  await gone;
  endless.closeAllConnections();
  endless.close();
});
