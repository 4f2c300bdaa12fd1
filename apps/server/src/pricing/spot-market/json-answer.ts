import { type Document, isDocument } from '../../entities/index.ts';
import type { Egress } from '../../ports/index.ts';
import { SpotPriceError } from './spot-price-source.ts';

/** What a source of prices says to a GET: its status, and the JSON object in its body. @throws SpotPriceError for anything else */
export async function jsonAnswer(
  egress: Egress,
  source: string,
  url: string,
): Promise<{ readonly status: number; readonly answer: Document }> {
  const { status, body } = await egress.fetch({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  });
  try {
    const answer: unknown = JSON.parse(Buffer.from(body).toString());
    if (isDocument(answer)) return { status, answer };
  } catch (cause) {
    throw new SpotPriceError(source, `answered ${status} and something that is no JSON`, { cause });
  }
  throw new SpotPriceError(source, `answered ${status} and something that is no object`);
}

/** Refuses a unit other than EUR/MWh, however it is written; sources may leave it out. @throws SpotPriceError */
export function requireEurPerMwh(source: string, unit: unknown): void {
  if (unit === undefined || unit === null) return;
  if (typeof unit !== 'string' || unit.replace(/\s/g, '').toLowerCase() !== 'eur/mwh')
    throw new SpotPriceError(source, 'answered prices in another unit than EUR/MWh');
}
