import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { AdditionalMarkup, PriceGetAg } from '../contract/get-ag.ts';
import type { GetAgAmounts, RatedMarkup } from '../rate/external-getag.ts';
import type { NetAndGross } from '../rate/markup.ts';
import { raw } from './brought-amounts.ts';

/** The GetAG block of an item: the block of the price with the computed figures in cents and text (spec A7.7, A10). */
export function getAgBlockOf<A, F>(ar: Arithmetic<A, F>, computed: GetAgAmounts<A>): PriceGetAg {
  const { block, fee, markup, markupTotal, markupSource } = computed;
  const output: PriceGetAg = { ...block };
  writeFigures(ar, output, fee, markup, markupTotal);
  if (markupSource !== undefined) {
    output.markup_amount = markupSource.amount;
    output.markup_amount_decimal = markupSource.decimal;
  }
  const additional = computed.additional ?? unratedMarkups(block, markupSource !== undefined);
  if (additional !== undefined) output.additional_markups = writeMarkups(ar, additional);
  else if (markupSource !== undefined) delete output.additional_markups;
  return output;
}

/** A block an item brought along: its numbers are scaled like computed ones (spec A10). */
export function scaleBroughtGetAg<A, F>(ar: Arithmetic<A, F>, block: PriceGetAg): PriceGetAg {
  const output: PriceGetAg = { ...block };
  writeFigures(
    ar,
    output,
    { net: raw(ar, block.unit_amount_net), gross: raw(ar, block.unit_amount_gross) },
    { net: raw(ar, block.markup_amount_net), gross: raw(ar, block.markup_amount_gross) },
    { net: raw(ar, block.markup_total_amount_net), gross: raw(ar, block.markup_total_amount_gross) },
  );
  if (block.additional_markups_enabled && block.additional_markups) {
    const brought = new Map<string, RatedMarkup<A>>();
    for (const [name, markup] of Object.entries(block.additional_markups)) {
      const amount = { net: raw(ar, markup.amount_net), gross: raw(ar, markup.amount_gross) };
      brought.set(name, { markup, amount });
    }
    output.additional_markups = writeMarkups(ar, brought);
  }
  return output;
}

type Figures<A> = { readonly [K in keyof NetAndGross<A>]: A | undefined };

function writeFigures<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceGetAg,
  fee: Figures<A>,
  markup: Figures<A>,
  total: Figures<A>,
): void {
  if (fee.net !== undefined) {
    output.unit_amount_net = ar.cents(fee.net);
    output.unit_amount_net_decimal = ar.text(fee.net);
  }
  if (fee.gross !== undefined) {
    output.unit_amount_gross = ar.cents(fee.gross);
    output.unit_amount_gross_decimal = ar.text(fee.gross);
  }
  if (markup.net !== undefined) {
    output.markup_amount_net = ar.cents(markup.net);
    output.markup_amount_net_decimal = ar.text(markup.net);
  }
  if (markup.gross !== undefined) {
    output.markup_amount_gross = ar.cents(markup.gross);
    output.markup_amount_gross_decimal = ar.text(markup.gross);
  }
  if (total.net !== undefined) {
    output.markup_total_amount_net = ar.cents(total.net);
    output.markup_total_amount_net_decimal = ar.text(total.net);
  }
  if (total.gross !== undefined) {
    output.markup_total_amount_gross = ar.cents(total.gross);
    output.markup_total_amount_gross_decimal = ar.text(total.gross);
  }
}

/** Markups of a price that could not be computed show their inputs only, if they are enabled. */
function unratedMarkups<A>(block: PriceGetAg, computed: boolean): Map<string, RatedMarkup<A>> | undefined {
  if (computed || !block.additional_markups_enabled || !block.additional_markups) return undefined;
  const unrated = new Map<string, RatedMarkup<A>>();
  for (const [name, markup] of Object.entries(block.additional_markups)) {
    unrated.set(name, { markup, amount: undefined });
  }
  return unrated;
}

function writeMarkups<A, F>(
  ar: Arithmetic<A, F>,
  markups: ReadonlyMap<string, RatedMarkup<A>>,
): Record<string, AdditionalMarkup> {
  const output: Record<string, AdditionalMarkup> = {};
  for (const [name, { markup, amount }] of markups) {
    const entry: AdditionalMarkup = {};
    if (markup.amount !== undefined) entry.amount = markup.amount;
    if (markup.amount_decimal !== undefined) entry.amount_decimal = markup.amount_decimal;
    if (amount?.net !== undefined) {
      entry.amount_net = ar.cents(amount.net);
      entry.amount_net_decimal = ar.text(amount.net);
    }
    if (amount?.gross !== undefined) {
      entry.amount_gross = ar.cents(amount.gross);
      entry.amount_gross_decimal = ar.text(amount.gross);
    }
    output[name] = entry;
  }
  return output;
}
