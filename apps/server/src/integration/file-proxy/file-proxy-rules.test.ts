import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FileProxyFixture, fileProxyFixture } from '../testing/file-proxy-fixture.ts';

let proxy: FileProxyFixture;
beforeAll(async () => {
  proxy = await fileProxyFixture();
});
afterAll(() => proxy.close());

/** A configuration with nothing wrong. */
function configuration(more: object = {}): object {
  return {
    steps: [{ url: 'https://archive.example/{{params.id}}', method: 'GET', response_type: 'json' }],
    response: { body: 'steps[0].body.content', encoding: 'base64' },
    ...more,
  };
}

describe('a file proxy configuration', () => {
  it.each([
    ['no steps', { steps: [] }, 'steps'],
    ['no response', { response: undefined }, 'response'],
    [
      'unbalanced braces',
      { steps: [{ url: 'http://x/{{params.id', method: 'GET', response_type: 'json' }] },
      'steps[0].url',
    ],
    [
      'an expression that cannot be parsed',
      { response: { body: 'steps[', encoding: 'base64' } },
      'response.body',
    ],
    ['a reserved parameter', { params: [{ name: 'signature', required: true }] }, 'params[0].name'],
    ['a parameter twice', { params: [1, 2].map(() => ({ name: 'a', required: true })) }, 'params[1].name'],
    [
      'a password grant without user',
      { auth: { type: 'oauth2_password', token_url: 'http://x', client_id: 'a', client_secret: 'b' } },
      'auth.username',
    ],
    ['a secure proxy without a name', { secure_proxy: {} }, 'secure_proxy'],
    ['an upload', { direction: 'upload' }, 'direction'],
  ])('with %s is refused with the path', async (_, part, path) => {
    const body = { ...configuration(), ...part };
    const failure = await proxy.useCase(body).catch((error: Error) => error.message);
    expect(failure).toContain(path);
  });

  it('keeps what a deployment may use', async () => {
    const id = await proxy.useCase(
      configuration({ requires_vpc: true, secure_proxy: { use_case_slug: 'x' } }),
    );
    const { body } = await proxy.server.request('GET', `/v2/integrations/${id}`, { token: proxy.token });
    expect(body['use_cases']?.[0]?.['configuration']).toMatchObject({
      requires_vpc: true,
      secure_proxy: { use_case_slug: 'x' },
    });
  });
});
