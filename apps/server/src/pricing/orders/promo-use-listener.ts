import {
  type ChangeSource,
  type Entity,
  type EntityChanged,
  type EntityChangeListener,
  type EntityGraph,
  sameJson,
} from '../../entities/index.ts';
import type { Clock } from '../../ports/index.ts';
import { documentsOf } from '../documents.ts';
import { countPromoUse, forgetRedemptions } from '../promo-codes/redemptions.ts';
import { isPlaced } from './order-status.ts';

/** What a write did to one order, first state to last. */
interface OrderChange {
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
  readonly source: ChangeSource;
}

/**
 * Counts the use of promo codes in the transaction that writes an order, whoever writes it: checkout, staff, a customer who accepts an offer,
 * the Entity API, an ERP (spec/pricing.md B2.8, B3). A placed order uses its codes once, a cancelled one gives them back. An ERP tells what
 * has happened already, so a code that is used up does not refuse its write. `graph` is asked for when a change happens, because the graph
 * is built with its listeners.
 */
export function promoUseListener(clock: Clock, graph: () => EntityGraph): EntityChangeListener {
  return async (tx, changes) => {
    const orders = orderChanges(changes);
    const [first] = orders;
    if (!first) return;
    const placed = orders.filter(usesCodes).map(({ after, source }) => ({
      id: after.id,
      promos: documentsOf(after.doc['redeemed_promos']),
      holdsLimits: source.kind !== 'erp',
    }));
    const cancelled = orders.filter(isCancelledNow).map(({ after }) => after.id);
    if (placed.length > 0 || cancelled.length > 0) {
      const counting = { graph: graph(), options: { source: first.source }, now: clock.now() };
      await countPromoUse(tx, { placed, cancelled }, counting);
    }
    const purged = orders.flatMap(({ before, after }) => (before && !after ? [before.id] : []));
    if (purged.length > 0) await forgetRedemptions(tx, purged);
  };
}

/** One change per order: a write may touch an order several times. */
function orderChanges(changes: readonly EntityChanged[]): OrderChange[] {
  const orders = changes.filter(({ before, after }) => (after ?? before)?.schema === 'order');
  return [...Map.groupBy(orders, ({ before, after }) => (after ?? before)?.id).values()].flatMap((own) => {
    const [first, last] = [own[0], own.at(-1)];
    return first && last ? [{ before: first.before, after: last.after, source: last.source }] : [];
  });
}

type StoredChange = OrderChange & { readonly after: Entity };

function usesCodes(change: OrderChange): change is StoredChange {
  const { before, after } = change;
  if (!after || !isPlaced(after.doc['status'])) return false;
  const isSettled =
    isPlaced(before?.doc['status']) && sameJson(before?.doc['redeemed_promos'], after.doc['redeemed_promos']);
  return !isSettled && documentsOf(after.doc['redeemed_promos']).length > 0;
}

function isCancelledNow(change: OrderChange): change is StoredChange {
  const { before, after } = change;
  return after?.doc['status'] === 'cancelled' && before?.doc['status'] !== 'cancelled';
}
