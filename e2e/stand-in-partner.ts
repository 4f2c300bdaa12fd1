import { once } from 'node:events';
import { createServer } from 'node:http';
import { PANEL, TARIFF, WALLBOX } from '../apps/server/src/pricing/testing/partner-products.ts';

/** A partner of a utility on loopback: grid operators and fees as `getag`, and a catalog of products, each below several moods. */
export interface StandInPartner {
  /** Where the partner is in a mood. */
  at(mood: PartnerMood): string;
  /** The paths asked for, with what was sent. */
  readonly asked: {
    readonly path: string;
    readonly authorization: string | undefined;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

/** `well`: answers as it should. The others are what partners do on bad days. */
export type PartnerMood = 'well' | 'hangs' | 'fails' | 'babbles' | 'floods';

const HUGE = 8 * 1024 * 1024;

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/providers': [
    {
      name: 'Netz Leipzig',
      code: 'netz-1',
      additionalData: {
        gridOperators: [{ name: 'Netz Leipzig', codeNumber: '9900000000001' }],
        defaultSuppliers: [{ name: 'Grundversorger', codeNumber: '9900000000002' }],
        marketAreaDetails: { controlZone: '10YDE-VE-------2', balancingZone: 'DE' },
      },
    },
  ],
  '/streets': [{ street: 'Zoostraße' }, { street: 'Ahornweg' }],
  '/fees': {
    static: { basic_fee: '120', metering_reading_fee: '12.48' },
    variable_ht: { power_kwh_ht: '0.0912', power_tax: '0.0205' },
  },
  '/products': [TARIFF, WALLBOX, PANEL],
  '/product-recommendations': { source: TARIFF, offers: [WALLBOX, PANEL] },
};

/** Opens a partner on a free port. */
export async function standInPartner(): Promise<StandInPartner> {
  const asked: StandInPartner['asked'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [, mood, path] = /^\/(\w+)(\/[\w-]+)$/.exec(request.url ?? '') ?? [];
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
    if (mood === 'hangs') return;
    response.setHeader('content-type', 'application/json');
    if (mood === 'fails') response.writeHead(500).end('{"error":"stack trace of the partner"}');
    else if (mood === 'babbles') response.end('<html>We are down</html>');
    else if (mood === 'floods') response.end(`["${'x'.repeat(HUGE)}"]`);
    else if (mood === 'well' && path && path in ANSWERS) response.end(JSON.stringify(ANSWERS[path]));
    else response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The partner has no port');
  return {
    asked,
    at: (mood) => `http://127.0.0.1:${address.port}/${mood}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
