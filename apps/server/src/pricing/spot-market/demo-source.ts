import { createHash } from 'node:crypto';
import { nativeMinutes } from './native-resolution.ts';
import { type PricePoint, UNITS_PER_EUR_MWH } from './price-points.ts';
import type { SpotPriceSource } from './spot-price-source.ts';
import { type BiddingZone, daysAfter, startOfZoneDay } from './zone-time.ts';

/** Invented prices for demonstrations: the same for the same day, always. They have the shape of real ones: two peaks, a dip at noon. */
export const demoSource: SpotPriceSource = {
  name: 'demo',
  async load(zone, first, last) {
    const points: PricePoint[] = [];
    for (let day = first; day <= last; day = daysAfter(day, 1)) points.push(...demoDay(day, zone));
    return points;
  },
};

function demoDay(day: string, zone: BiddingZone): PricePoint[] {
  const start = startOfZoneDay(day, zone);
  const end = startOfZoneDay(daysAfter(day, 1), zone);
  const length = nativeMinutes(day) * 60_000;
  const chance = createHash('sha256').update(`${zone} ${day}`).digest();
  const slots = (end - start) / length;
  return Array.from({ length: slots }, (_, slot) => {
    const hour = (slot * 24) / slots;
    const noise = ((chance[(slot * 7) % 32] ?? 0) - 128) / 32;
    const cents = Math.round(100 * (level(day, chance) + shape(day, hour) + noise));
    return {
      start: start + slot * length,
      end: start + (slot + 1) * length,
      price: (cents * UNITS_PER_EUR_MWH) / 100,
    };
  });
}

/** EUR/MWh of a whole day: dearer in winter, cheaper at weekends, more or less wind. */
function level(day: string, chance: Uint8Array): number {
  const date = new Date(`${day}T12:00:00.000Z`);
  const winter = Math.cos((2 * Math.PI * (date.getUTCMonth() * 30.4 + date.getUTCDate() - 15)) / 365);
  const weekend = date.getUTCDay() % 6 === 0 ? 18 : 0;
  return 85 + 18 * winter - weekend + ((chance[31] ?? 0) - 128) / 6;
}

/** EUR/MWh that an hour differs from its day: peaks at 8 and 19 o'clock, and the sun of summer. */
function shape(day: string, hour: number): number {
  const bump = (peak: number, width: number) => Math.exp(-(((hour - peak) / width) ** 2));
  const month = Number(day.slice(5, 7));
  const sun = month >= 4 && month <= 9 ? 75 : 25;
  return 30 * bump(8, 2) + 45 * bump(19, 2.5) - sun * bump(13, 3) - 12 * bump(3, 3);
}
