import type { Entity } from '../../entities/index.ts';
import { directionOf } from '../counters/resolve-counter.ts';
import type { Direction } from '../reading.ts';

/** What a register counts, in the words of the Portal API: energy by the hour of day, or by direction. */
export type RegisterType = 'ht' | 'nt' | 'feed-in' | 'feed-out';

/** OBIS codes of energy: 1.8.x is what the customer takes, 2.8.x what they feed in; x = 1 is the high tariff, 2 the low one. */
const OBIS_ENERGY = /(?:^|[:*])([12])\.8\.(\d)(?:\D|$)/;

/**
 * What a counter counts: its own attributes `direction` and `tariff_type` first, then its OBIS code, and what cannot be told is energy taken.
 * `direction` is the one its readings have.
 */
export function registerType(counter: Entity | undefined, direction?: Direction): RegisterType {
  const code = OBIS_ENERGY.exec(String(counter?.doc['obis_number'] ?? ''));
  const flow = direction ?? directionOf(counter) ?? (code?.[1] === '2' ? 'feed-in' : 'feed-out');
  if (flow === 'feed-in') return 'feed-in';
  const tariff = counter?.doc['tariff_type'];
  if (tariff === 'ht' || tariff === 'nt') return tariff;
  if (code?.[2] === '1') return 'ht';
  return code?.[2] === '2' ? 'nt' : 'feed-out';
}

/** What one unit on the counter is in the unit that is shown, and that unit. */
export interface RegisterUnit {
  readonly unit: string | undefined;
  readonly factor: number;
}

/**
 * The unit of a counter's consumption. Transformers (`transformer_ratio`) multiply; gas in cubic metres becomes kWh where the counter has a
 * `conversion_factor` (kWh per cubic metre) and stays cubic metres where it has none.
 */
export function registerUnit(counter: Entity | undefined): RegisterUnit {
  const { unit, transformer_ratio: ratio, conversion_factor: conversion } = counter?.doc ?? {};
  const ratioFactor = positive(ratio) ?? 1;
  const written = typeof unit === 'string' && unit.trim() !== '' ? unit.trim() : undefined;
  if (written === undefined) return { unit: undefined, factor: ratioFactor };
  if (/^kwh$/i.test(written)) return { unit: 'kWh', factor: ratioFactor };
  const perUnit = positive(conversion);
  if (/^(m3|m³|cbm)$/i.test(written) && perUnit !== undefined)
    return { unit: 'kWh', factor: ratioFactor * perUnit };
  return { unit: written, factor: ratioFactor };
}

function positive(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
