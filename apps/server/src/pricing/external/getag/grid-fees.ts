import { normalizeValueToFrequencyUnit, toDinero } from '@busbar/pricing';
import { decimalText } from '../decimal-text.ts';

/** Fees by name, as decimal texts in EUR: static ones per year, variable ones per kWh; all net. */
export interface GridFees {
  readonly static: ReadonlyMap<string, string>;
  readonly variableHt: ReadonlyMap<string, string>;
  /** Empty where the night has no tariff of its own. */
  readonly variableNt: ReadonlyMap<string, string>;
}

/** Consumption in kWh per year, and the period that amounts are wanted for; `one_time` is the whole year. */
export interface FeeQuestion {
  readonly consumptionHt: number;
  readonly consumptionNt: number | undefined;
  readonly billingPeriod: BillingPeriod;
}

export type BillingPeriod = 'weekly' | 'monthly' | 'every_quarter' | 'every_6_months' | 'yearly' | 'one_time';

interface Component {
  readonly amount: number;
  readonly amount_decimal: string;
  readonly unit_amount?: number;
  readonly unit_amount_decimal?: string;
}

type Components = Readonly<Record<string, Component>>;

/**
 * Computes the price of a grid connection (spec/pricing.md B16, contract schema `ComputePriceResult`): amounts in cents and as EUR texts, net,
 * per billing period (A3 factors); unit amounts per kWh. The NT members are there only with NT consumption.
 * @throws PricingError for fees that are no decimals
 */
export function priceOfGrid(fees: GridFees, question: FeeQuestion) {
  const { billingPeriod, consumptionHt, consumptionNt } = question;
  const fixed = mapFees(fees.static, (yearly) => amounts(perPeriod(yearly, billingPeriod)));
  const ht = variable(fees.variableHt, consumptionHt, billingPeriod);
  const nt =
    consumptionNt === undefined ? undefined : variable(fees.variableNt, consumptionNt, billingPeriod);
  const staticTotal = sum(amountsOf(fixed));
  const htTotal = sum(amountsOf(ht));
  const ntTotal = nt && sum(amountsOf(nt));
  const total = sum([staticTotal, htTotal, ntTotal ?? '0']);
  const htUnit = sum([...fees.variableHt.values()]);
  const ntUnit = sum([...fees.variableNt.values()]);
  return {
    amount_total: cents(total),
    amount_total_decimal: total,
    amount_static: cents(staticTotal),
    amount_static_decimal: staticTotal,
    amount_variable_ht: cents(htTotal),
    amount_variable_decimal_ht: htTotal,
    unit_amount_variable_ht: cents(htUnit),
    unit_amount_variable_decimal_ht: htUnit,
    ...(ntTotal === undefined
      ? {}
      : {
          amount_variable_nt: cents(ntTotal),
          amount_variable_decimal_nt: ntTotal,
          unit_amount_variable_nt: cents(ntUnit),
          unit_amount_variable_decimal_nt: ntUnit,
        }),
    currency: 'EUR' as const,
    billing_period: billingPeriod,
    breakdown: {
      static: fixed,
      variable: nt ? together(ht, nt) : ht,
      variable_ht: ht,
      ...(nt ? { variable_nt: nt } : {}),
    },
  };
}

function variable(fees: ReadonlyMap<string, string>, consumption: number, period: BillingPeriod): Components {
  return mapFees(fees, (unit) => {
    const yearly = decimalText(toDinero(unit).multiply(consumption).toUnit());
    return {
      ...amounts(perPeriod(yearly, period)),
      unit_amount: cents(unit),
      unit_amount_decimal: unit,
    };
  });
}

/** Day and night under one name; they have no common price per kWh. */
function together(ht: Components, nt: Components): Components {
  const names = [...new Set([...Object.keys(ht), ...Object.keys(nt)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      amounts(sum([ht[name]?.amount_decimal ?? '0', nt[name]?.amount_decimal ?? '0'])),
    ]),
  );
}

function mapFees(fees: ReadonlyMap<string, string>, change: (fee: string) => Component): Components {
  return Object.fromEntries([...fees].map(([name, fee]) => [name, change(fee)]));
}

/** `one_time` is no period of the conversion, which leaves the yearly amount as it is. */
function perPeriod(yearly: string, period: BillingPeriod): string {
  return decimalText(Number(normalizeValueToFrequencyUnit(yearly, 'yearly', period)));
}

function amounts(text: string): Component {
  return { amount: cents(text), amount_decimal: text };
}

function amountsOf(components: Components): string[] {
  return Object.values(components).map((component) => component.amount_decimal);
}

function sum(texts: readonly string[]): string {
  const zero = toDinero('0');
  return decimalText(texts.reduce((total, text) => total.add(toDinero(text)), zero).toUnit());
}

/** Whole cents, rounded half away from zero. */
function cents(text: string): number {
  return toDinero(text).convertPrecision(2).getAmount();
}
