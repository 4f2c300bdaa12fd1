import {
  type Document,
  ENTITY_COLUMNS,
  type Entity,
  type EntityGraph,
  type EntityRow,
  entityFromRow,
  isDocument,
  isEntityId,
  type WriteOptions,
} from '../../entities/index.ts';
import { json, sql, type TenantTransaction } from '../../storage/index.ts';
import { documentsOf, textOf } from '../documents.ts';
import { findPromoCode, isUsedUp, promoCodeUsedUp } from './promo-code.ts';

/** An order that uses up promo codes: its `redeemed_promos`. */
export interface PlacedOrder {
  readonly id: string;
  readonly promos: readonly Document[];
  /** Whether a code that is used up refuses the order; otherwise it counts beyond its limit. */
  readonly holdsLimits: boolean;
}

/** What some orders use up and what others give back, in one transaction. */
export interface PromoUse {
  readonly placed: readonly PlacedOrder[];
  /** Ids of cancelled orders. */
  readonly cancelled: readonly string[];
}

interface Counting {
  readonly graph: EntityGraph;
  readonly options: WriteOptions;
  /** When the codes are redeemed (UTC). */
  readonly now: Date;
}

/** A use of one promo code of one coupon by one order. */
interface Redemption {
  readonly order_id: string;
  readonly coupon_id: string;
  readonly promo_id: string;
}

/**
 * Counts the use of promo codes on their coupons, each code once per order, and takes back what cancelled orders had used (spec/pricing.md
 * B2.8, B3). Coupons are locked while it counts, so that a limit holds however many redeem at once; the caller holds the orders. Codes that
 * a coupon does not have are passed over.
 * @throws Refusal 400 `PROMO_CODE_USED_UP`
 */
export async function countPromoUse(
  tx: TenantTransaction,
  { placed, cancelled }: PromoUse,
  counting: Counting,
): Promise<void> {
  const earlier = await redemptionsOf(tx, [...placed.map(({ id }) => id), ...cancelled]);
  const returned = earlier.filter(({ order_id }) => cancelled.includes(order_id));
  const coupons = await lockCoupons(tx, [
    ...placed.flatMap(({ promos }) => couponIdsOf(promos)),
    ...returned.map(({ coupon_id }) => coupon_id),
  ]);
  const redeemed = redemptionsFor(placed, coupons, earlier, returned);
  if (redeemed.length === 0 && returned.length === 0) return;
  await writeCounts(tx, coupons, redeemed, returned, counting);
  await tx.run(sql`
    delete from promo_redemption where org_id = ${tx.org} and order_id = any(${[...cancelled]}::uuid[])`);
  await tx.run(sql`
    insert into promo_redemption (org_id, order_id, coupon_id, promo_id, redeemed_at)
    select ${tx.org}, r.order_id, r.coupon_id, r.promo_id, ${counting.now}
      from jsonb_to_recordset(${json(redeemed)}::jsonb) as r(order_id uuid, coupon_id uuid, promo_id text)`);
}

/** Forgets which codes purged orders used; that they were used stays counted. */
export async function forgetRedemptions(tx: TenantTransaction, orderIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    delete from promo_redemption where org_id = ${tx.org} and order_id = any(${[...orderIds]}::uuid[])`);
}

/** The ids of the coupons that promos name. */
export function couponIdsOf(promos: readonly Document[]): string[] {
  return promos.flatMap(({ coupons }) => documentsOf(coupons).flatMap(({ _id: id }) => textOf(id) ?? []));
}

/** What the orders use that they have not used before, as far as the limits go. */
function redemptionsFor(
  placed: readonly PlacedOrder[],
  coupons: ReadonlyMap<string, Entity>,
  earlier: readonly Redemption[],
  returned: readonly Redemption[],
): Redemption[] {
  const known = new Set(earlier.map(keyOf));
  const counts = new Map<string, number>();
  for (const redemption of returned) addTo(counts, useOf(redemption), -1);
  const redeemed: Redemption[] = [];
  for (const { id, promos, holdsLimits } of placed) {
    for (const { code, coupons: named } of promos) {
      for (const couponId of documentsOf(named).flatMap(({ _id }) => textOf(_id) ?? [])) {
        const coupon = coupons.get(couponId);
        const promo = coupon && typeof code === 'string' ? findPromoCode(coupon.doc, code) : undefined;
        if (!promo) continue;
        const redemption = { order_id: id, coupon_id: couponId, promo_id: promo.id };
        if (known.has(keyOf(redemption))) continue;
        const used = promo.used + (counts.get(useOf(redemption)) ?? 0);
        if (holdsLimits && isUsedUp({ ...promo, used })) throw promoCodeUsedUp(promo.code);
        known.add(keyOf(redemption));
        addTo(counts, useOf(redemption), 1);
        redeemed.push(redemption);
      }
    }
  }
  return redeemed;
}

function keyOf({ order_id, coupon_id, promo_id }: Redemption): string {
  return JSON.stringify([order_id, coupon_id, promo_id]);
}

function useOf({ coupon_id, promo_id }: Redemption): string {
  return JSON.stringify([coupon_id, promo_id]);
}

function addTo(counts: Map<string, number>, key: string, step: 1 | -1): void {
  counts.set(key, (counts.get(key) ?? 0) + step);
}

function redemptionsOf(tx: TenantTransaction, orderIds: readonly string[]): Promise<Redemption[]> {
  return tx.query(sql`
    select order_id, coupon_id, promo_id from promo_redemption
     where org_id = ${tx.org} and order_id = any(${[...orderIds]}::uuid[])`);
}

/** Nobody else counts on these coupons until the transaction ends. In the order of ids, so that two orders cannot wait for each other. */
async function lockCoupons(tx: TenantTransaction, ids: readonly string[]): Promise<Map<string, Entity>> {
  const usable = [...new Set(ids)].filter(isEntityId);
  if (usable.length === 0) return new Map();
  const rows = await tx.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = any(${usable}::uuid[]) and e.schema = 'coupon' and e.deleted_at is null
     order by e.id for no key update`);
  return new Map(rows.map((row) => [row.id, entityFromRow(row)]));
}

async function writeCounts(
  tx: TenantTransaction,
  coupons: ReadonlyMap<string, Entity>,
  redeemed: readonly Redemption[],
  returned: readonly Redemption[],
  { graph, options }: Counting,
): Promise<void> {
  const steps = [
    ...redeemed.map((redemption) => ({ ...redemption, step: 1 })),
    ...returned.map((redemption) => ({ ...redemption, step: -1 })),
  ];
  const changes = [...Map.groupBy(steps, ({ coupon_id: id }) => id)].flatMap(([id, uses]) => {
    const coupon = coupons.get(id);
    if (!coupon) return [];
    const stored = coupon.doc['promo_code_usage'];
    const usage: Record<string, unknown> = isDocument(stored) ? { ...stored } : {};
    for (const { promo_id: promo, step } of uses)
      usage[promo] = Math.max((Number(usage[promo]) || 0) + step, 0);
    return [{ kind: 'patch' as const, id, attributes: { promo_code_usage: usage } }];
  });
  const results = await graph.write(tx, changes, { ...options, direct: true });
  for (const result of results) if (result.outcome === 'refused') throw result.refusal;
}
