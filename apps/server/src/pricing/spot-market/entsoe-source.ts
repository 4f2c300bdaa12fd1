import type { Egress } from '../../ports/index.ts';
import type { PricePoint } from './price-points.ts';
import { readPublicationDocument } from './publication-document.ts';
import { SpotPriceError, type SpotPriceSource } from './spot-price-source.ts';
import { type BiddingZone, daysAfter, startOfZoneDay } from './zone-time.ts';

const NAME = 'entsoe';
/** Energy identification codes of the bidding zones. */
const AREAS = { AT: '10YAT-APG------L', 'DE-LU': '10Y1001A1001A82H' } as const;
/** An answer holds a hundred series at most; a day may have several auctions, each by hours and by quarters. */
const DAYS_AT_ONCE = 14;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Prices of the ENTSO-E Transparency Platform (document type A44, day-ahead prices, article 12.1.D). Requests follow one another, so that
 * the platform's limit of 400 a minute is far away.
 * @param token the security token of the platform's account; it is part of URLs there and of nothing that is logged or thrown here
 */
export function entsoe(
  egress: Egress,
  token: string,
  base = 'https://web-api.tp.entsoe.eu',
): SpotPriceSource {
  return {
    name: NAME,
    async load(zone, first, last) {
      const points: PricePoint[] = [];
      for (let from = first; from <= last; from = daysAfter(from, DAYS_AT_ONCE)) {
        const [until = last] = [daysAfter(from, DAYS_AT_ONCE - 1), last].toSorted();
        points.push(...(await loadSpan(zone, from, until)));
      }
      return points;
    },
  };

  async function loadSpan(zone: BiddingZone, first: string, last: string): Promise<PricePoint[]> {
    const area = AREAS[zone];
    const query = new URLSearchParams({
      securityToken: token,
      documentType: 'A44',
      'contract_MarketAgreement.type': 'A01',
      in_Domain: area,
      out_Domain: area,
      periodStart: minute(startOfZoneDay(first, zone)),
      periodEnd: minute(startOfZoneDay(daysAfter(last, 1), zone)),
    });
    const { status, body } = await egress.fetch({
      method: 'GET',
      url: `${base}/api?${query}`,
      headers: { accept: 'application/xml' },
      maxResponseBytes: MOST_BYTES,
    });
    if (status === 401) throw new SpotPriceError(NAME, 'answered 401: the security token is not accepted');
    // Requests that cannot be served are acknowledged with the reason, also under 400.
    if (status !== 200 && status !== 400) throw new SpotPriceError(NAME, `answered ${status}`);
    // Refusals may repeat the request.
    const xml = Buffer.from(body).toString().replaceAll(token, '[token]');
    return readPublicationDocument(NAME, xml, area);
  }
}

/** `yyyyMMddHHmm` in UTC. */
function minute(instant: number): string {
  return new Date(instant).toISOString().replace(/\D/g, '').slice(0, 12);
}
