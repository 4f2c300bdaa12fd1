import { BlobError } from './blob-error.ts';
import type { BlobBody } from './blob-store.ts';

/**
 * The chunks of a body, as long as they stay within the limit.
 * @throws BlobError `TOO_LARGE` before the chunk that crosses it is given out
 */
export async function* limitedBytes(body: BlobBody, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    size += chunk.length;
    if (size > maxBytes) throw new BlobError('TOO_LARGE', `The blob has more than ${maxBytes} bytes`);
    yield chunk;
  }
}
