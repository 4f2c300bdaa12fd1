import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A service that reads meters off photos, for `BUSBAR_PHOTO_RECOGNITION_URL`. */
export interface StandInRecogniser {
  readonly url: string;
  /** The token it wants to see. */
  readonly token: string;
  close(): Promise<void>;
}

const TOKEN = 'recognise-me';

/**
 * Opens the service on an address of loopback. It knows nothing of meters: the reading it answers is the size of the picture in bytes, the meter's
 * number the SHA-256 of it, so that whoever asks can tell which bytes it has got.
 */
export async function standInRecogniser(): Promise<StandInRecogniser> {
  const server = createServer(async (request, response) => {
    const picture = await buffer(request);
    const isWelcome =
      request.method === 'POST' &&
      request.headers.authorization === `Bearer ${TOKEN}` &&
      request.headers['content-type'] === 'image/jpeg';
    response.writeHead(isWelcome ? 200 : 403, { 'content-type': 'application/json' });
    const number = createHash('sha256').update(picture).digest('hex');
    response.end(
      JSON.stringify({ reading: String(picture.length), sector: 'power', meter_numbers: [number] }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The recogniser has no address');
  return {
    url: `http://127.0.0.1:${address.port}/read`,
    token: TOKEN,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
