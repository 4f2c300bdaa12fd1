import type { Readable } from 'node:stream';

/**
 * The bytes of a stream, which is destroyed when the reader leaves, even one that never read: a generator would not notice that.
 * @param translate turns errors of the stream into ours
 */
export function closableBytes(
  stream: Readable,
  translate: (cause: unknown) => Error,
): AsyncIterable<Uint8Array> {
  // An error meets the reader when it reads; until then nobody listens, and that must not end the process.
  stream.on('error', () => {});
  return {
    [Symbol.asyncIterator]() {
      const chunks = stream.iterator();
      return {
        async next(): Promise<IteratorResult<Uint8Array>> {
          try {
            const { done, value } = await chunks.next();
            return done === true || !(value instanceof Uint8Array)
              ? { done: true, value: undefined }
              : { done: false, value };
          } catch (cause) {
            throw translate(cause);
          }
        },
        async return(): Promise<IteratorResult<Uint8Array>> {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
