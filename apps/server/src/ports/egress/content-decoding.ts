import { Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress, createUnzip, unzip } from 'node:zlib';
import { EgressError } from './egress-error.ts';

const unzipAsync = promisify(unzip);
const brotliAsync = promisify(brotliDecompress);

/** gzip and deflate announce themselves in their first bytes, which is why one decoder serves both. */
type Coding = 'zip' | 'brotli' | 'identity';

/**
 * Undoes `Content-Encoding` for a body in memory. Bytes beyond the limit are never produced, whatever the ratio of compression.
 * @throws EgressError `RESPONSE_TOO_LARGE`, `INVALID_RESPONSE` (broken data, unknown or repeated coding)
 */
export async function decodeWhole(raw: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const coding = readCoding(encoding);
  if (coding === 'identity') return raw;
  try {
    const options = { maxOutputLength: maxBytes };
    return coding === 'zip' ? await unzipAsync(raw, options) : await brotliAsync(raw, options);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new EgressError('RESPONSE_TOO_LARGE', `The decoded response has more than ${maxBytes} bytes`, {
        cause,
      });
    }
    throw broken(cause);
  }
}

/**
 * Undoes `Content-Encoding` for a stream. The caller counts the bytes that come out.
 * @throws EgressError `INVALID_RESPONSE` for an unknown or repeated coding; broken data fails the returned stream with the same code
 */
export function decodeStream(raw: Readable, encoding: string): Readable {
  const coding = readCoding(encoding);
  if (coding === 'identity') return raw;
  const decoder: Transform = coding === 'zip' ? createUnzip() : createBrotliDecompress();
  raw.once('error', (error) => decoder.destroy(error));
  // The reader meets the error when it reads; until then nobody listens, and that must not end the process.
  decoder.on('error', () => {});
  decoder.once('close', () => raw.destroy());
  return Readable.from(translated(raw.pipe(decoder)), { objectMode: false });
}

async function* translated(decoder: Transform): AsyncGenerator<Uint8Array> {
  try {
    yield* decoder;
  } catch (cause) {
    throw cause instanceof EgressError ? cause : broken(cause);
  }
}

function readCoding(encoding: string): Coding {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return 'zip';
    case 'br':
      return 'brotli';
    default:
      throw new EgressError('INVALID_RESPONSE', 'The response has an unknown content coding');
  }
}

function broken(cause: unknown): EgressError {
  return new EgressError('INVALID_RESPONSE', 'The response body cannot be decoded', { cause });
}
