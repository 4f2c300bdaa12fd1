import { json, type System, sql } from '../../storage/index.ts';
import type { Period, PricePoint } from './price-points.ts';
import { type BiddingZone, zoneDay } from './zone-time.ts';

/** The prices of one day of delivery, as a source has them. */
export interface PriceDay {
  /** `YYYY-MM-DD` in the bidding zone. */
  readonly day: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly minutes: 15 | 60;
  /** In order of time: billionths of a euro per kWh, null where there is none. */
  readonly prices: readonly (number | null)[];
}

/** What is known of a day that has been stored. */
export interface StoredDay {
  readonly day: string;
  readonly source: string;
  readonly minutes: number;
  /** How many minutes of the day have no price. */
  readonly missingMinutes: number;
  /** When a source was last asked for the day. */
  readonly importedAt: Date;
}

const DAY_AHEAD = 'day_ahead';
const MINUTE = 60_000;

/** Day-ahead prices of the installation. */
export class SpotPrices {
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  /** The points that touch a period, in order of time. */
  async points(zone: BiddingZone, period: Period): Promise<PricePoint[]> {
    const rows = await this.#system.query<{
      starts_at: Date;
      minutes: number;
      prices: (number | null)[];
    }>(sql`
      select starts_at, resolution_minutes as minutes, prices from spot_price_day
       where market = ${DAY_AHEAD} and bidding_zone = ${zone}
         and delivery_day between ${zoneDay(period.from, zone)}::date and ${zoneDay(period.to - 1, zone)}::date
       order by delivery_day`);
    return rows.flatMap(({ starts_at, minutes, prices }) => pointsOf(starts_at.getTime(), minutes, prices));
  }

  /** The stored days between two days, both included. */
  async storedDays(zone: BiddingZone, first: string, last: string): Promise<StoredDay[]> {
    const rows = await this.#system.query<{
      day: string;
      source: string;
      minutes: number;
      holes: number;
      imported_at: Date;
    }>(sql`
      select delivery_day::text as day, source, resolution_minutes as minutes, imported_at,
             jsonb_array_length(jsonb_path_query_array(prices, '$[*] ? (@ == null)')) as holes
        from spot_price_day
       where market = ${DAY_AHEAD} and bidding_zone = ${zone}
         and delivery_day between ${first}::date and ${last}::date`);
    return rows.map(({ imported_at: importedAt, holes, ...row }) => ({
      ...row,
      missingMinutes: holes * row.minutes,
      importedAt,
    }));
  }

  /** Notes that a source was asked for stored days and had nothing better. `now` is UTC. */
  async noteAsked(zone: BiddingZone, days: readonly string[], now: Date): Promise<void> {
    await this.#system.run(sql`
      update spot_price_day set imported_at = ${now}::timestamptz
       where market = ${DAY_AHEAD} and bidding_zone = ${zone} and delivery_day = any(${days}::date[])`);
  }

  /** Deletes the prices that a source had. */
  async forget(zone: BiddingZone, source: string): Promise<void> {
    await this.#system.run(sql`
      delete from spot_price_day where market = ${DAY_AHEAD} and bidding_zone = ${zone} and source = ${source}`);
  }

  /** Stores days, in place of what was known of them. `now` is UTC. */
  async save(zone: BiddingZone, source: string, days: readonly PriceDay[], now: Date): Promise<void> {
    const records = days.map(({ day, start, minutes, prices }) => ({
      ...{ day, minutes, prices },
      starts_at: new Date(start).toISOString(),
    }));
    await this.#system.run(sql`
      insert into spot_price_day
        (market, bidding_zone, delivery_day, starts_at, resolution_minutes, prices, source, imported_at)
      select ${DAY_AHEAD}, ${zone}, r.day, r.starts_at, r.minutes, r.prices, ${source}, ${now}::timestamptz
        from jsonb_to_recordset(${json(records)}::jsonb)
          as r(day date, starts_at timestamptz, minutes integer, prices jsonb)
      on conflict (market, bidding_zone, delivery_day) do update
        set starts_at = excluded.starts_at, resolution_minutes = excluded.resolution_minutes,
            prices = excluded.prices, source = excluded.source, imported_at = excluded.imported_at`);
  }
}

function pointsOf(start: number, minutes: number, prices: readonly (number | null)[]): PricePoint[] {
  const length = minutes * MINUTE;
  return prices.flatMap((price, index) =>
    price === null ? [] : [{ start: start + index * length, end: start + (index + 1) * length, price }],
  );
}
