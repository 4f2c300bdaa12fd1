import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type RequestToSign, signHeaders, signQuery, uriEncode } from './signature-v4.ts';

/** The examples that AWS publishes in "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference. */
const SCOPE = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  at: new Date('2013-05-24T00:00:00Z'),
};
const HOST = 'examplebucket.s3.amazonaws.com';
const hash = (body: string) => createHash('sha256').update(body).digest('hex');
const request = (part: Partial<RequestToSign>): RequestToSign => ({
  method: 'GET',
  path: '/',
  query: {},
  headers: { host: HOST },
  ...part,
});

describe('AWS Signature Version 4', () => {
  it.each([
    [
      'GET object',
      request({ path: '/test.txt', headers: { host: HOST, range: 'bytes=0-9' } }),
      '',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT object',
      request({
        method: 'PUT',
        path: `/${uriEncode('test$file.text')}`,
        headers: {
          host: HOST,
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        },
      }),
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      'GET bucket lifecycle',
      request({ query: { lifecycle: '' } }),
      '',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'GET bucket (list objects)',
      request({ query: { 'max-keys': '2', prefix: 'J' } }),
      '',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('signs the published example %s', (_name, example, body, signature) => {
    expect(signHeaders(example, hash(body), SCOPE)['authorization']).toMatch(
      new RegExp(`,Signature=${signature}$`),
    );
  });

  it('signs the published example of a link', () => {
    expect(signQuery(request({ path: '/test.txt' }), 86_400, SCOPE)).toBe(
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });
});
