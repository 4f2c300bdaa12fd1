/** Periods per year of every billing period (spec A3). A year has 52 weeks. */
const PERIODS_PER_YEAR = {
  weekly: 52,
  monthly: 12,
  every_quarter: 4,
  every_6_months: 2,
  yearly: 1,
} as const;

/** A period that amounts and inputs can be converted between. */
export type TimeFrequency = keyof typeof PERIODS_PER_YEAR;

/** The five billing periods of the contract (BillingPeriod). */
export const BillingPeriods: ReadonlySet<TimeFrequency> = new Set<TimeFrequency>([
  'weekly',
  'monthly',
  'every_quarter',
  'every_6_months',
  'yearly',
]);

/** True if the text names a billing period, in lower case as the contract writes it. */
export function isTimeFrequency(text: string | null | undefined): text is TimeFrequency {
  return (
    text === 'monthly' ||
    text === 'yearly' ||
    text === 'weekly' ||
    text === 'every_quarter' ||
    text === 'every_6_months'
  );
}

/**
 * The conversion from one period to another as a fraction `[numerator, denominator]` (spec A3): monthly to yearly is
 * 12 / 1. Between weeks and months four weeks count as one month.
 */
export function frequencyRatio(from: TimeFrequency, to: TimeFrequency): readonly [number, number] {
  if (from === 'monthly' && to === 'weekly') return [1, 4];
  if (from === 'weekly' && to === 'monthly') return [4, 1];
  return [PERIODS_PER_YEAR[from], PERIODS_PER_YEAR[to]];
}

type FactorTable = Readonly<Record<TimeFrequency, Readonly<Record<TimeFrequency, number>>>>;

/** Conversion factors by source and target period, each one double division (spec A3). */
export const TIME_FREQUENCY_NORMALIZATION_FACTORS: FactorTable = {
  weekly: factorsFrom('weekly'),
  monthly: factorsFrom('monthly'),
  every_quarter: factorsFrom('every_quarter'),
  every_6_months: factorsFrom('every_6_months'),
  yearly: factorsFrom('yearly'),
};

function factorsFrom(from: TimeFrequency): Readonly<Record<TimeFrequency, number>> {
  const factor = (to: TimeFrequency): number => {
    const [numerator, denominator] = frequencyRatio(from, to);
    return numerator / denominator;
  };
  return {
    weekly: factor('weekly'),
    monthly: factor('monthly'),
    every_quarter: factor('every_quarter'),
    every_6_months: factor('every_6_months'),
    yearly: factor('yearly'),
  };
}
