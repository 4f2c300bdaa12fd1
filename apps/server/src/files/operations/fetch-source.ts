import { BlobError, type Egress, EgressError } from '../../ports/index.ts';
import { unprocessable } from '../../refusal.ts';
import type { Tenant } from '../../storage/index.ts';
import { MOST_FILE_BYTES } from '../content/store-bytes.ts';
import type { Files } from '../files.ts';
import type { S3Ref } from '../store/file-object.ts';

/**
 * Fetches a `source_url` as an upload of `holder`, through the guarded way out. Must not run inside a transaction.
 * @throws Refusal 422 `SOURCE_NOT_AVAILABLE` when it cannot be had, is larger than 50 MiB, or may not be reached
 */
export async function fetchSource(
  { egress, files }: { readonly egress: Egress; readonly files: Files },
  tenant: Tenant,
  source: { readonly url: string; readonly filename: string; readonly holder: string },
): Promise<S3Ref> {
  try {
    const answer = await egress.stream({
      method: 'GET',
      url: source.url,
      redirects: 3,
      maxResponseBytes: MOST_FILE_BYTES,
    });
    if (answer.status !== 200) {
      await answer.body[Symbol.asyncIterator]().return?.();
      throw notAvailable(`answered ${answer.status}`);
    }
    const wish = { filename: source.filename, mimeType: mediaType(answer.headers['content-type']) };
    return await files.upload(tenant, wish, source.holder, answer.body);
  } catch (error) {
    if (error instanceof EgressError || error instanceof BlobError) throw notAvailable(error.code);
    throw error;
  }
}

/** The name a URL ends with; `file` when it ends with none. */
export function nameOfUrl(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).replace(/[/\\]/g, '_') || 'file';
  } catch {
    // A path that is no percent-encoded UTF-8 is a name as it stands.
    return last || 'file';
  }
}

function mediaType(header: string | undefined): string | undefined {
  const type = header?.split(';', 1)[0]?.trim();
  return type && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : undefined;
}

function notAvailable(reason: string) {
  return unprocessable(`The source cannot be fetched (${reason})`, 'SOURCE_NOT_AVAILABLE', [
    { path: 'body.source_url', message: 'cannot be fetched' },
  ]);
}
