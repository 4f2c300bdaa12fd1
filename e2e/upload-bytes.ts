import type { sdkClients } from './clients.ts';

/** Uploads bytes as a portal's site does: asks for a link, PUTs them there, and answers the reference to save a file with. */
export async function uploadBytes(
  { file }: Pick<ReturnType<typeof sdkClients>, 'file'>,
  filename: string,
  mimeType: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ bucket: string; key: string }> {
  const { data } = await file.uploadFileV2(null, { filename, mime_type: mimeType });
  if (!data.upload_url || !data.s3ref) throw new Error('No link to upload to');
  const stored = await fetch(data.upload_url, {
    method: 'PUT',
    headers: { 'content-type': mimeType },
    body: bytes,
  });
  if (!stored.ok) throw new Error(`The upload answered ${stored.status}`);
  return { bucket: data.s3ref.bucket, key: data.s3ref.key };
}
