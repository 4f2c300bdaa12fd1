import type { S3Ref } from '../../../files/index.ts';
import type { PortalCustomer } from './portal-customer.ts';

/** Uploads bytes as a portal's site does: asks for a link, PUTs the bytes there, and keeps the reference. */
export async function storeUpload(
  { server, token }: Pick<PortalCustomer, 'server' | 'token'>,
  filename: string,
  bytes: Buffer,
): Promise<S3Ref> {
  const issued = await server.request('POST', '/v2/files/upload', { token, body: { filename } });
  const { s3ref, upload_url: link } = issued.body;
  if (issued.status !== 201) throw new Error(JSON.stringify(issued.body));
  const { pathname, search } = new URL(String(link));
  const put = await server.busbar.http.inject({
    method: 'PUT',
    url: `${pathname}${search}`,
    headers: { 'content-type': 'application/octet-stream' },
    payload: bytes,
  });
  if (put.statusCode !== 200) throw new Error(put.body);
  return { bucket: String(s3ref?.['bucket']), key: String(s3ref?.['key']) };
}
