import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../testing/shop.ts';

interface Sample {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What the samples of the published contract get from an organisation with credentials; `{}` are none, and a word is no postal code. */
const EXPECTED: Readonly<Record<string, number>> = {
  $getCredentials: 200,
  $saveCredentials: 400,
  $deleteCredentials: 204,
  $searchProviders: 200,
  $searchStreets: 200,
  $computePrice: 200,
  $productRecommendations: 200,
};

const samples: readonly Sample[] = JSON.parse(
  readFileSync(new URL('../../contract/samples/pricing.json', import.meta.url), 'utf8'),
);

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

describe('the documented sample calls', () => {
  it.each(Object.entries(EXPECTED))('of %s get %i', async (operationId, expected) => {
    const credentials = { username: 'utility', password: 'secret' };
    await shop.admin('PUT', '/v1/integration/getag/credentials:save', credentials);
    const sample = samples.find((one) => one.operationId === operationId);
    const place = String(sample?.path).replace('{integrationId}', String(sample?.params['integrationId']));
    const body = sample?.body ?? undefined;
    const headers = { 'x-epilot-org-id': shop.org };
    const answer = place.includes('/public/')
      ? await shop.journey(place, body, headers)
      : await shop.admin(String(sample?.method), place, body);
    expect([answer.status, answer.body['errors']]).toEqual([
      expected,
      expected === 400 ? expect.anything() : undefined,
    ]);
  });
});
