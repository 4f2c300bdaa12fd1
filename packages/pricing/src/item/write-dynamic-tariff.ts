import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceDynamicTariff } from '../contract/dynamic-tariff.ts';
import type { DynamicTariffAmounts } from '../rate/dynamic-tariff.ts';
import { raw } from './brought-amounts.ts';

/**
 * The dynamic tariff block of an item: the block of the price with the computed figures in cents and text. Figures
 * that are zero are left out, even if the block of the price has them (spec A7.6, A10).
 */
export function dynamicTariffBlockOf<A, F>(
  ar: Arithmetic<A, F>,
  computed: DynamicTariffAmounts<A>,
): PriceDynamicTariff {
  const { block, unit, markup } = computed;
  return withFigures(ar, block, unit.net, unit.gross, markup.net, markup.gross);
}

/** A block an item brought along: its numbers are scaled like computed ones (spec A10). */
export function scaleBroughtDynamicTariff<A, F>(
  ar: Arithmetic<A, F>,
  block: PriceDynamicTariff,
): PriceDynamicTariff {
  return withFigures(
    ar,
    block,
    raw(ar, block.unit_amount_net),
    raw(ar, block.unit_amount_gross),
    raw(ar, block.markup_amount_net),
    raw(ar, block.markup_amount_gross),
  );
}

function withFigures<A, F>(
  ar: Arithmetic<A, F>,
  block: PriceDynamicTariff,
  unitNet: A | undefined,
  unitGross: A | undefined,
  markupNet: A | undefined,
  markupGross: A | undefined,
): PriceDynamicTariff {
  const {
    unit_amount_net,
    unit_amount_net_decimal,
    unit_amount_gross,
    unit_amount_gross_decimal,
    markup_amount_net,
    markup_amount_net_decimal,
    markup_amount_gross,
    markup_amount_gross_decimal,
    ...settings
  } = block;
  const output: PriceDynamicTariff = settings;
  if (unitNet !== undefined && !ar.isZero(unitNet)) {
    output.unit_amount_net = ar.cents(unitNet);
    output.unit_amount_net_decimal = ar.text(unitNet);
  }
  if (unitGross !== undefined && !ar.isZero(unitGross)) {
    output.unit_amount_gross = ar.cents(unitGross);
    output.unit_amount_gross_decimal = ar.text(unitGross);
  }
  if (markupNet !== undefined && !ar.isZero(markupNet)) {
    output.markup_amount_net = ar.cents(markupNet);
    output.markup_amount_net_decimal = ar.text(markupNet);
  }
  if (markupGross !== undefined && !ar.isZero(markupGross)) {
    output.markup_amount_gross = ar.cents(markupGross);
    output.markup_amount_gross_decimal = ar.text(markupGross);
  }
  return output;
}
