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

/** A use of one promo code of one coupon. */
interface Redemption {
  readonly coupon_id: string;
  readonly promo_id: string;
}

interface Redeeming {
  readonly graph: EntityGraph;
  readonly options: WriteOptions;
  /** When the codes are redeemed (UTC). */
  readonly now: Date;
}

/**
 * Uses up the promo codes of an order, each once per order, and counts that on the coupons (spec/pricing.md B2.8, B3). Coupons are locked
 * while it counts, so that a limit holds however many redeem at once. Codes that a coupon does not have are passed over.
 * @param promos the order's `redeemed_promos`
 * @throws Refusal 400 `PROMO_CODE_USED_UP`
 */
export async function redeemPromoCodes(
  tx: TenantTransaction,
  orderId: string,
  promos: readonly Document[],
  { graph, options, now }: Redeeming,
): Promise<void> {
  const wishes = promos.flatMap(({ code, coupons }) =>
    documentsOf(coupons).flatMap(({ _id: id }) =>
      isEntityId(id) && typeof code === 'string' ? [{ code, couponId: id }] : [],
    ),
  );
  if (wishes.length === 0) return;
  const coupons = await lockCoupons(
    tx,
    wishes.map(({ couponId }) => couponId),
  );
  const done = new Set((await redemptionsOf(tx, orderId)).map(keyOf));
  const redemptions: Redemption[] = [];
  for (const { code, couponId } of wishes) {
    const coupon = coupons.get(couponId);
    const promo = coupon && findPromoCode(coupon.doc, code);
    if (!promo) continue;
    const redemption = { coupon_id: couponId, promo_id: promo.id };
    if (done.has(keyOf(redemption))) continue;
    if (isUsedUp(promo)) throw promoCodeUsedUp(code);
    done.add(keyOf(redemption));
    redemptions.push(redemption);
  }
  if (redemptions.length === 0) return;
  await countUse(tx, graph, options, coupons, redemptions, 1);
  await tx.run(sql`
    insert into promo_redemption (org_id, order_id, coupon_id, promo_id, redeemed_at)
    select ${tx.org}, ${orderId}, r.coupon_id, r.promo_id, ${now}
      from jsonb_to_recordset(${json(redemptions)}::jsonb) as r(coupon_id uuid, promo_id text)`);
}

/** Gives back what a cancelled order had used up. */
export async function releasePromoCodes(
  tx: TenantTransaction,
  orderId: string,
  { graph, options }: Redeeming,
): Promise<void> {
  const redemptions = await redemptionsOf(tx, orderId);
  if (redemptions.length === 0) return;
  const coupons = await lockCoupons(
    tx,
    redemptions.map((redemption) => redemption.coupon_id),
  );
  await countUse(tx, graph, options, coupons, redemptions, -1);
  await tx.run(sql`delete from promo_redemption where org_id = ${tx.org} and order_id = ${orderId}`);
}

function keyOf({ coupon_id, promo_id }: Redemption): string {
  return JSON.stringify([coupon_id, promo_id]);
}

function redemptionsOf(tx: TenantTransaction, orderId: string): Promise<Redemption[]> {
  return tx.query(sql`
    select coupon_id, promo_id from promo_redemption where org_id = ${tx.org} and order_id = ${orderId}`);
}

/** Nobody else counts on these coupons until the transaction ends. In the order of ids, so that two orders cannot wait for each other. */
async function lockCoupons(tx: TenantTransaction, ids: readonly string[]): Promise<Map<string, Entity>> {
  const rows = await tx.query<EntityRow>(sql`
    select ${ENTITY_COLUMNS} from entity e
     where e.org_id = ${tx.org} and e.id = any(${[...new Set(ids)]}::uuid[]) and e.schema = 'coupon' and e.deleted_at is null
     order by e.id for no key update`);
  return new Map(rows.map((row) => [row.id, entityFromRow(row)]));
}

async function countUse(
  tx: TenantTransaction,
  graph: EntityGraph,
  options: WriteOptions,
  coupons: ReadonlyMap<string, Entity>,
  redemptions: readonly Redemption[],
  step: 1 | -1,
): Promise<void> {
  const changes = [...Map.groupBy(redemptions, (redemption) => redemption.coupon_id)].flatMap(
    ([id, uses]) => {
      const coupon = coupons.get(id);
      if (!coupon) return [];
      const stored = coupon.doc['promo_code_usage'];
      const usage: Record<string, unknown> = isDocument(stored) ? { ...stored } : {};
      for (const { promo_id: promo } of uses) usage[promo] = Math.max((Number(usage[promo]) || 0) + step, 0);
      return [{ kind: 'patch' as const, id, attributes: { promo_code_usage: usage } }];
    },
  );
  const results = await graph.write(tx, changes, { ...options, direct: true });
  for (const result of results) if (result.outcome === 'refused') throw result.refusal;
}

/** The ids of the coupons that promos name. */
export function couponIdsOf(promos: readonly Document[]): string[] {
  return promos.flatMap(({ coupons }) => documentsOf(coupons).flatMap(({ _id: id }) => textOf(id) ?? []));
}
